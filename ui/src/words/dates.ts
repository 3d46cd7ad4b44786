import dayjs from 'dayjs'
import { sp } from './sp'

/** A date as precise as it is known: `2026-06-12`, `2003-12` or `1985`. */
export type PartialDate = string

const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'] as const

/** For a sentence: `6 月 12 日`; another year is named (`2003 年 12 月`). An unreadable date comes back as it was. */
export function dateInWords(date: PartialDate, thisYear: number = Number(today().slice(0, 4))): string {
  const m = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(date)
  if (!m) return date
  const [, year = '', month, day] = m
  const parts = [
    month === undefined || Number(year) !== thisYear ? `${year}年` : '',
    month === undefined ? '' : `${Number(month)}月`,
    day === undefined ? '' : `${Number(day)}日`,
  ]
  return sp(parts.join(''))
}

/** `星期五` */
export function weekday(date: PartialDate): string {
  return WEEKDAYS[dayjs(date).day()] ?? ''
}

/** The day and hour on the wall in China, which has one time; a laptop set to another zone must not shift a day. */
function onTheWall(moment: Date): { date: PartialDate; time: string } {
  const wall = new Date(moment.getTime() + 8 * 3_600_000).toISOString()
  return { date: wall.slice(0, 10), time: `${Number(wall.slice(11, 13))}${wall.slice(13, 16)}` }
}

/** Today, as `2026-06-12`. */
export function today(now: Date = new Date()): PartialDate {
  return onTheWall(now).date
}

/** The hour of a moment: `10:12`. An unreadable moment comes back as it was. */
export function clockTime(at: string): string {
  const moment = new Date(at)
  return Number.isNaN(moment.getTime()) ? at : onTheWall(moment).time
}

/** When something was, as one would say it: `10:12` today, `昨天 17:40`, else `6 月 3 日 9:02`. */
export function whenInWords(at: string, now: Date = new Date()): string {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return at
  const { date, time } = onTheWall(moment)
  const days = dayjs(today(now)).diff(date, 'day')
  if (days === 0) return time
  if (days === 1) return sp(`昨天${time}`)
  return `${dateInWords(date, Number(today(now).slice(0, 4)))} ${time}`
}

/** How long ago, as one would say it: `刚才 10:12`, `今天 8:30`, `昨天 17:40`, `3 天前`; what lies two months back has a date. */
export function agoInWords(at: string, now: Date = new Date()): string {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return at
  const { date, time } = onTheWall(moment)
  const days = dayjs(today(now)).diff(date, 'day')
  const minutes = (now.getTime() - moment.getTime()) / 60_000
  if (days === 0) return sp(`${minutes >= 0 && minutes < 30 ? '刚才' : '今天'}${time}`)
  if (days === 1) return sp(`昨天${time}`)
  // A clock that was put back makes of the past a time to come.
  return days > 1 && days < 60 ? sp(`${days}天前`) : dateInWords(date, Number(today(now).slice(0, 4)))
}

/**
 * Reads a date as people type it (`85.7`, `1985年7月`, `2026-6-12`, `20260612`) and keeps its precision.
 * Two-digit years are of the last hundred years. Returns null when it is no date that was.
 */
export function readDate(typed: string, now: Date = new Date()): PartialDate | null {
  const text = typed.trim().normalize('NFKC').replace(/[年月./、]/g, '-').replace(/[日号\s]/g, '').replace(/-+$/, '')
  const compact = /^(\d{4})(\d{2})(\d{2})?$/.exec(text)
  const m = compact ?? /^(\d{4}|\d{2})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(text)
  if (!m) return null
  let year = Number(m[1])
  if ((m[1] ?? '').length === 2) {
    const century = Math.floor(now.getFullYear() / 100) * 100
    year += year > now.getFullYear() - century ? century - 100 : century
  }
  const month = m[2] === undefined ? null : Number(m[2])
  const day = m[3] === undefined ? null : Number(m[3])
  if (year < 1850 || year > 2200) return null
  if (month !== null && (month < 1 || month > 12)) return null
  if (month !== null && day !== null && (day < 1 || day > new Date(year, month, 0).getDate())) return null
  const two = (n: number) => String(n).padStart(2, '0')
  return [String(year), ...(month === null ? [] : [two(month)]), ...(day === null ? [] : [two(day)])].join('-')
}
