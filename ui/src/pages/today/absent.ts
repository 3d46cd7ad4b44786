import type { Unit } from '@/api/types'
import { below as w, placeOf } from '@/words/below'

/** So many names stand in the sentence; the rest is on the nails. */
const NAMED = 12

/** 凉风村 30 天，长岭村 16 天，红岩村、龙洞村 9 天: the longest away first, those never heard of at the end. */
export function absentInWords(units: readonly Unit[]): string {
  const by = new Map<number | null, string[]>()
  const sorted = [...units].sort((a, b) => (b.days ?? -1) - (a.days ?? -1)).slice(0, NAMED)
  for (const u of sorted) by.set(u.days, [...(by.get(u.days) ?? []), placeOf(u.name)])
  return [...by].map(([days, names]) => (days === null ? w.absentNever(names.join('、')) : w.absentLine(names.join('、'), days))).join('，')
}
