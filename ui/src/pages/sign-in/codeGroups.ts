/** The signs of a recovery code: none that is taken for another. */
const SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
/** Eight groups of five signs, of which the fifth checks the four before it and the group's place. */
export const GROUPS = 8
export const GROUP_LENGTH = 5

/** What was typed or pasted, as it stands on the paper: capitals, half width, without spaces and hyphens. */
export function plainCode(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/[\s\-_.—–‐‑−·]/g, '')
}

/** Whether a group was copied right; `place` is counted from 0. Nothing is asked of the store for it. */
export function groupIsRight(group: string, place: number): boolean {
  const signs = [...group].map((sign) => SIGNS.indexOf(sign))
  if (signs.length !== GROUP_LENGTH || signs.includes(-1)) return false
  const sum = signs.slice(0, -1).reduce((total, sign, at) => total + sign * (at + 2), place)
  return signs[GROUP_LENGTH - 1] === (SIGNS.length - (sum % SIGNS.length)) % SIGNS.length
}
