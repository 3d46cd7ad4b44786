/** A piece of a value, and whether it is what tells it from the others. */
export interface Piece { text: string; differs: boolean }

/** Figures of one length, covered or not: those are compared place by place. */
const FIGURES = /^[\dXx*]+$/

/** Words shorter than this are marked whole. */
const SHORT = 5

/**
 * Cuts a value where it differs from the others, so that one looks there: figures of one length place by place, all else as
 * what both begin with, what differs, what both end with. Values that share little are marked whole.
 */
export function pieces(value: string, others: readonly string[]): Piece[] {
  const chars = [...value]
  const rest = others.filter((o) => o !== value).map((o) => [...o])
  if (rest.length === 0) return [{ text: value, differs: false }]
  if ([value, ...others].every((o) => FIGURES.test(o) && o.length === value.length)) {
    const out: Piece[] = []
    for (const [i, char] of chars.entries()) {
      const differs = rest.some((o) => o[i] !== char)
      const last = out.at(-1)
      if (last?.differs === differs) last.text += char
      else out.push({ text: char, differs })
    }
    return out
  }
  // A short word is another word, whatever signs it shares.
  if (chars.length < SHORT) return chars.length === 0 ? [] : [{ text: value, differs: true }]
  let begin = 0
  while (begin < chars.length && rest.every((o) => o[begin] === chars[begin])) begin += 1
  let end = 0
  const most = Math.min(chars.length, ...rest.map((o) => o.length)) - begin
  while (end < most && rest.every((o) => o[o.length - 1 - end] === chars[chars.length - 1 - end])) end += 1
  // Less than half in common says nothing; the whole value is another one.
  if (begin + end < chars.length / 2) return [{ text: value, differs: true }]
  return [
    { text: chars.slice(0, begin).join(''), differs: false },
    { text: chars.slice(begin, chars.length - end).join(''), differs: true },
    { text: end === 0 ? '' : chars.slice(-end).join(''), differs: false },
  ].filter((p) => p.text !== '')
}
