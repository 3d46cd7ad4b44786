import type { Ref } from 'vue'
import type { Conflict, ConflictSide } from '@/api/types'

/** What does not agree about one record. */
export interface Group { key: string; title: string; conflicts: Conflict[] }

/** Conflicts by the record they are about, in the order in which they are listed. */
export function grouped(conflicts: readonly Conflict[]): Group[] {
  const by = new Map<string, Group>()
  for (const c of conflicts) {
    const key = c.record ?? c.id
    const group = by.get(key) ?? { key, title: c.record_title, conflicts: [] }
    group.conflicts.push(c)
    by.set(key, group)
  }
  return [...by.values()]
}

/** The computer that wrote a side. */
export const machine = (s: ConflictSide) => `${s.org_name}\n${s.laptop ?? ''}\n${s.mine}`

/**
 * The two computers whose columns stand side by side, when each field was written by the same two; else null, and each
 * field lists its own choices.
 */
export function columns(conflicts: readonly Conflict[]): [string, string] | null {
  const seen = [...new Set(conflicts.flatMap((c) => c.sides.map(machine)))]
  const [first, second] = seen
  if (seen.length !== 2 || first === undefined || second === undefined) return null
  const both = conflicts.every((c) => c.sides.length === 2 && new Set(c.sides.map(machine)).size === 2)
  return both ? [first, second] : null
}

/** An act of one hand that stands in many conflicts, and those of them that can be settled together. */
export interface Together { act: string; side: ConflictSide; conflicts: Conflict[]; ids: number; others: number }

/** An act is offered when it differs from others in at least so many places, in at least two records. */
const TOGETHER_LEAST = 3

/** The acts whose rows can be settled together, those with the most first. ID numbers are never among them. */
export function together(conflicts: readonly Conflict[]): Together[] {
  const acts = new Map<string, { side: ConflictSide; conflicts: Conflict[] }>()
  for (const c of conflicts) {
    for (const s of c.sides) {
      const found = acts.get(s.act) ?? { side: s, conflicts: [] }
      if (s.act !== '') acts.set(s.act, found)
      found.conflicts.push(c)
    }
  }
  return [...acts]
    .map(([act, { side, conflicts: all }]) => {
      // One act is of one organisation's records, and so is what settles them.
      const own = all.filter((c) => c.org === all[0]?.org)
      const fit = own.filter((c) => !c.by_hand && c.sides.length === 2)
      const ids = own.filter((c) => c.by_hand).length
      return { act, side, conflicts: fit, ids, others: own.length - fit.length - ids }
    })
    .filter((t) => t.conflicts.length >= TOGETHER_LEAST && new Set(t.conflicts.map((c) => c.record ?? c.id)).size > 1)
    .sort((a, b) => b.conflicts.length - a.conflicts.length)
}

/** What was chosen and not yet saved: the key of a side by the conflict's id. */
export type Taken = Record<string, string>

/**
 * Keeps choices in step with what there is: a conflict that is settled elsewhere takes its choice along, and so does a side
 * that somebody has written over since. Answers how many of each.
 */
export function follow(taken: Readonly<Ref<Taken>>, conflicts: readonly Conflict[]): { gone: number; moved: number } {
  const found = { gone: 0, moved: 0 }
  for (const [id, key] of Object.entries(taken.value)) {
    const c = conflicts.find((c) => c.id === id)
    if (c?.sides.some((s) => s.key === key)) continue
    delete taken.value[id]
    if (c) found.moved += 1
    else found.gone += 1
  }
  return found
}
