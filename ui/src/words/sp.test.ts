import { describe, expect, it } from 'vitest'
import { sentences, sp } from './sp'

const NBSP = '\u00a0'

describe('spacing between Chinese and figures', () => {
  it('sets a space before a figure and a no-break one before its measure word', () => {
    expect(sp('等待上报12条')).toBe(`等待上报 12${NBSP}条`)
    expect(sp('写U盘')).toBe(`写 U${NBSP}盘`)
    expect(sp('减了−2分')).toBe(`减了 −2${NBSP}分`)
  })

  it('holds a number to its measure word when somebody typed an ordinary space', () => {
    expect(sp('共 12 条')).toBe(`共 12${NBSP}条`)
  })

  it('changes nothing when done twice, whatever the text', () => {
    const letters = [...'村里盘12aU+−% ，。「」*-']
    let seed = 7
    const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648)
    for (let i = 0; i < 500; i += 1) {
      const text = Array.from({ length: 12 }, () => letters[next() % letters.length]).join('')
      expect(sp(sp(text)), text).toBe(sp(text))
      expect(sp(text).replace(/[ \u00a0]/g, ''), text).toBe(text.replace(/ /g, ''))
    }
  })

  it('reaches sentences that are computed, and lists of them', () => {
    const w = sentences({ a: (n: number) => `共${n}人`, b: { c: 'U盘' }, d: ['第1步'] })
    expect(w.a(3)).toBe(`共 3${NBSP}人`)
    expect(w.b.c).toBe(`U${NBSP}盘`)
    expect(w.d).toEqual([`第 1${NBSP}步`])
  })
})
