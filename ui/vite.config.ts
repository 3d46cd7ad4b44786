import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** Where `./dev` serves the same commands over loopback HTTP, so that pages can be worked on in a plain browser. */
const bridge = process.env.YUANBA_BRIDGE ?? 'http://127.0.0.1:7420'
/** The bridge answers only pages of its own address, so what is passed on to it comes from there. */
const proxy = { '/api': { target: bridge, changeOrigin: true, headers: { origin: new URL(bridge).origin } } }

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    port: Number(process.env.YUANBA_UI_PORT ?? 5173),
    strictPort: true,
    proxy,
  },
  preview: { proxy },
  build: {
    // WebView2 that was never updated, and WebKitGTK 2.36.
    target: ['chrome109', 'safari15'],
    cssTarget: ['chrome109', 'safari15'],
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
