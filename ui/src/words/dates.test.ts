import { describe, expect, it } from 'vitest'
import { dateInWords, readDate, today, whenInWords } from './dates'

const plain = (s: string) => s.replace(/\u00a0/g, ' ')
const now = new Date('2026-06-12T10:30:00+08:00')

describe('dates in words', () => {
  it('says no more than is known', () => {
    expect(plain(dateInWords('2026-06-12', 2026))).toBe('6 月 12 日')
    expect(plain(dateInWords('2003-12', 2026))).toBe('2003 年 12 月')
    expect(plain(dateInWords('1985', 2026))).toBe('1985 年')
    expect(plain(dateInWords('2026', 2026))).toBe('2026 年')
  })

  it('says yesterday and the hour, by the clock on the wall in China wherever the laptop thinks it is', () => {
    expect(whenInWords('2026-06-12T09:05:00+08:00', now)).toBe('9:05')
    expect(plain(whenInWords('2026-06-11T17:40:00+08:00', now))).toBe('昨天 17:40')
    expect(plain(whenInWords('2026-06-12T00:10:00+08:00', now))).toBe('0:10')
    expect(plain(whenInWords('2025-12-31T23:59:00+08:00', now))).toBe('2025 年 12 月 31 日 23:59')
    expect(today(new Date('2026-06-11T16:30:00Z'))).toBe('2026-06-12')
  })
})

describe('dates as people type them', () => {
  it.each([
    ['85.7', '1985-07'],
    ['1985年7月1日', '1985-07-01'],
    ['2026-6-12', '2026-06-12'],
    ['20260612', '2026-06-12'],
    ['２００３．１２', '2003-12'],
    ['1985', '1985'],
    ['05.7', '2005-07'],
  ])('%s is %s', (typed, read) => {
    expect(readDate(typed, now)).toBe(read)
  })

  it.each(['1963-02-29', '2026.13', '', '昨天', '99999999', '1985-0'])('%s is none', (typed) => {
    expect(readDate(typed, now)).toBeNull()
  })
})
