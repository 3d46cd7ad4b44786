/** A column of a list. Priority 1 is shown in both layouts, 2 in the normal one, 3 when somebody asks for it in 选列. */
export interface Column<Row> {
  key: string
  label: string
  priority: 1 | 2 | 3
  /** Width in px of the normal layout; 大字版 takes a quarter more. What is left over is shared in proportion. */
  width: number
  /** The text of the cell; null is a word (没有), never a blank that looks like a fault. */
  value: (row: Row) => string | number | null
  /** The word for null. An empty string leaves the cell empty, for columns such as 要留意 where most have nothing. */
  empty?: string
  /** Figures stand right. */
  right?: boolean
  /** The name: bold, the way in, always first and always shown. */
  lead?: boolean
  sortable?: boolean
}

/** How a list is sorted. */
export interface Sorting { key: string; descending: boolean }

/** The columns of a layout, in the order chosen. `shown` are the keys chosen in 选列, null when nobody ever chose. */
export function columnsShown<Row>(all: readonly Column<Row>[], shown: readonly string[] | null, big: boolean): Column<Row>[] {
  const lead = all.filter((c) => c.lead)
  const rest = all.filter((c) => !c.lead)
  if (big) return [...lead, ...rest.filter((c) => c.priority === 1)]
  if (shown === null) return [...lead, ...rest.filter((c) => c.priority <= 2)]
  return [...lead, ...shown.flatMap((key) => rest.find((c) => c.key === key) ?? [])]
}
