import { describe, expect, it } from 'vitest'
import { sp } from './sp'

/** Words that say nothing to a secretary, or say it as a machine would (the bad column). */
const BAD = [
  '系统', '用户', '提交', '确定', '确认', '取消', '成功', '加载', '请稍候', '暂无', '数据异常', '必填', '格式不正确', '权限不足', '不可逆',
  '逾期', '超时', '会话', '同步', '冲突', '哈希', '节点', '密钥', '认证', '解密', '校验', '版本不兼容', '重试', '亲', '您的操作', '！',
]
/** These stand only as whole words; inside a sentence they are Chinese. */
const BAD_ALONE = ['保存', '是', '否', '删除', '编辑', '确定', '取消']

const files = import.meta.glob<Record<string, unknown>>(['./*.ts', '!./*.test.ts'], { eager: true })
const catalogues = Object.entries(files)

/** Every sentence of a catalogue; computed ones are asked with figures and a name. */
function sentencesOf(value: unknown, at: string): [string, string][] {
  if (typeof value === 'string') return [[at, value]]
  if (typeof value === 'function') {
    for (const argument of [12, '何玉兰']) {
      try {
        const said: unknown = (value as (...a: unknown[]) => unknown)(argument, argument, argument, argument)
        if (typeof said === 'string') return [[at, said]]
      } catch {
        // Not a sentence of figures, or not one of names.
      }
    }
    return []
  }
  if (Array.isArray(value)) return value.flatMap((v, i) => sentencesOf(v, `${at}[${i}]`))
  if (value !== null && typeof value === 'object') return Object.entries(value).flatMap(([k, v]) => sentencesOf(v, `${at}.${k}`))
  return []
}

const all = catalogues.flatMap(([file, exports]) => Object.entries(exports).flatMap(([name, value]) => sentencesOf(value, `${file} ${name}`)))
const chinese = all.filter(([, said]) => /[㐀-鿿]/.test(said))

describe('the catalogue of sentences', () => {
  it('is found', () => {
    expect(chinese.length).toBeGreaterThan(150)
  })

  it('has no word of the bad column', () => {
    const found = chinese.filter(([, said]) => BAD.some((b) => said.includes(b)) || BAD_ALONE.includes(said.trim()))
    expect(found).toEqual([])
  })

  it('is spaced between Chinese and figures everywhere', () => {
    expect(chinese.filter(([, said]) => sp(said) !== said)).toEqual([])
  })

  it('parts its words with commas, not with dots or slashes', () => {
    expect(chinese.filter(([, said]) => /[·/]/.test(said.replace(/[A-Za-z]:?\/|\/ 开始/g, '')))).toEqual([])
  })
})

describe('the pages and parts', () => {
  const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts', '!../words/**', '!../testing/**'], { eager: true, query: '?raw', import: 'default' })

  it('hold no sentence of their own: all Chinese stands in the catalogue', () => {
    const own = Object.entries(sources).flatMap(([file, text]) => {
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/<!--[\s\S]*?-->/g, '').replace(/(^|\s)\/\/.*$/gm, '')
      return code.split('\n').filter((line) => /[㐀-鿿]/.test(line)).map((line) => `${file}: ${line.trim()}`)
    })
    expect(own).toEqual([])
  })

  it('take their colours from the tokens', () => {
    const named = new Set(['#9B9285', '#3A352E', '#fff', '#AE3A21', '#857C6E'])
    const invented = Object.entries(sources).filter(([file]) => file.endsWith('.vue')).flatMap(([file, text]) =>
      (text.match(/#[0-9a-fA-F]{3,8}\b(?=[;"\s)])/g) ?? []).filter((c) => !named.has(c)).map((c) => `${file}: ${c}`),
    )
    expect(invented).toEqual([])
  })
})
