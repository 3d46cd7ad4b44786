export interface PointsRule {
  id: string
  name: string
  part: string
  points: number
  unit: string
  per: string
  cap: number | null
  cap_period: string
  cap_text: string
}

export interface PointsRules { group: 'members' | 'households' | 'hardship'; group_name: string; book: string; version: string; rules: PointsRule[] }

/** `times` of one rule for one account; the cell of the grid. */
export interface PointsCell { account: string; rule: string; times: number }

export interface PointsGrid {
  book: string
  accounts: { id: string; name: string; party_group: string | null; year_total: number; used: Record<string, number> }[]
  claims: (PointsCell & { id: string })[]
}

export interface PointsPreview {
  cells: (PointsCell & { asked: number; granted: number; capped: boolean; text: string })[]
  sums: Record<string, number>
  total: number
  capped: number
}

export interface PointsClaim {
  id: string
  account: string
  name: string
  rule: string
  rule_name: string
  date: string
  times: number
  asked: number
  granted: number
  proposer: string
  state: string
}

export interface PointsEntry {
  key: string
  date: string
  name: string
  rule_name: string
  points: number
  state: 'posted' | 'reversed' | 'reversal' | 'conflict'
  reason: string | null
  done_by: string
}

export interface PointsBalance { account: string; name: string; balance: number; pending: number; year: number; rank: number }
