/** A value cut where it differs from another: what both begin with, what differs, what both end with. */
export interface Cut { before: string; differs: string; after: string }

/** Marks the part of `value` that no other value shares, so that one looks there. Values that share little are marked whole. */
export function cutDiffering(value: string, others: readonly string[]): Cut {
  const chars = [...value]
  const rest = others.filter((o) => o !== value).map((o) => [...o])
  if (rest.length === 0) return { before: value, differs: '', after: '' }
  let begin = 0
  while (begin < chars.length && rest.every((o) => o[begin] === chars[begin])) begin += 1
  let end = 0
  const most = Math.min(chars.length, ...rest.map((o) => o.length)) - begin
  while (end < most && rest.every((o) => o[o.length - 1 - end] === chars[chars.length - 1 - end])) end += 1
  // Less than half in common says nothing; the whole value is another one.
  if (begin + end < chars.length / 2) return { before: '', differs: value, after: '' }
  return { before: chars.slice(0, begin).join(''), differs: chars.slice(begin, chars.length - end).join(''), after: end === 0 ? '' : chars.slice(-end).join('') }
}
