import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'playwright-report', 'src/api/types'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      // Layout is not a matter of opinion worth a line of review; correctness rules stay on.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-closing-bracket-spacing': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // The backend is reached through src/api/client.ts and nowhere else.
      'no-restricted-imports': ['error', { patterns: ['@tauri-apps/*', 'axios'] }],
      'no-restricted-globals': ['error', 'fetch', 'localStorage', 'sessionStorage', 'alert', 'confirm'],
    },
  },
  { files: ['src/api/**', 'src/testing/**'], rules: { 'no-restricted-imports': 'off', 'no-restricted-globals': 'off' } },
  { files: ['src/components/YbIcon.vue'], rules: { 'vue/no-v-html': 'off' } },
)
