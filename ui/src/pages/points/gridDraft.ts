import type { Cell } from '@/api/types'

/** The cells of one group while they are being filled, as kept under `points:<group>`. */
export interface GridDraft {
  date: string
  /** Times by `account/rule`; none is no key. */
  times: Record<string, number>
}

/** Cells in the shape the program behind takes. */
export function cellsOf(times: Readonly<Record<string, number>>): Cell[] {
  return Object.entries(times).flatMap(([key, n]) => {
    const [account, rule] = key.split('/', 2)
    return account && rule && n > 0 ? [{ account, rule, times: n }] : []
  })
}

/** A draft as it was kept; cells of people or rules that are gone are left out. */
export function readDraft(kept: unknown, date: string, accounts: ReadonlySet<string>, rules: ReadonlySet<string>): GridDraft {
  const draft: GridDraft = { date, times: {} }
  if (typeof kept !== 'object' || kept === null) return draft
  const k = kept as Partial<Record<keyof GridDraft, unknown>>
  if (typeof k.date === 'string') draft.date = k.date
  if (typeof k.times === 'object' && k.times !== null) {
    for (const [key, n] of Object.entries(k.times)) {
      const [account = '', rule = ''] = key.split('/', 2)
      if (typeof n === 'number' && n > 0 && accounts.has(account) && rules.has(rule)) draft.times[key] = n
    }
  }
  return draft
}
