/** A pasted table is never larger than this many cells; more is a whole workbook pasted by mistake. */
const MOST_CELLS = 20_000
/** The name may stand behind a serial number and a group. */
const NAME_COLUMNS = 5

export interface Named { id: string; name: string }

/** What was understood of a pasted table, and every piece that was not. */
export interface Pasted {
  cells: { person: string; rule: string; times: number }[]
  /** Names that nobody of the group has. */
  unknown: string[]
  /** Names that two people share: nobody may guess which one is meant. */
  twins: string[]
  /** Heads that no rule has. */
  noRule: string[]
  /** Cells that are no number of times. */
  unread: string[]
  /** Cells beyond the grid. */
  outside: number
}

const plain = (text: string) => text.normalize('NFKC').replace(/\s/g, '')

function times(raw: string, most: number): number | null {
  const cell = plain(raw).replace(/次$/, '')
  if (cell === '') return 0
  return /^\d{1,2}$/.test(cell) && Number(cell) <= most ? Number(cell) : null
}

/**
 * Reads a table copied from a spreadsheet. With names and heads of rules in it, cells go by these, in whatever order they
 * stand; without, they go from the cell `from` to the right and down.
 */
export function readPasted(text: string, people: readonly Named[], rules: readonly Named[], from: { row: number; column: number }, most: number): Pasted {
  const found: Pasted = { cells: [], unknown: [], twins: [], noRule: [], unread: [], outside: 0 }
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n').map((line) => line.split('\t'))
  const byName = new Map<string, Named[]>()
  for (const p of people) byName.set(plain(p.name), [...(byName.get(plain(p.name)) ?? []), p])
  const ruleNamed = new Map(rules.map((r) => [plain(r.name), r]))

  const head = lines[0]?.some((cell) => ruleNamed.has(plain(cell))) ? lines[0] : null
  const body = head ? lines.slice(1) : lines
  const nameColumn = Array.from({ length: NAME_COLUMNS }, (_, c) => c).find((c) => body.some((line) => byName.has(plain(line[c] ?? '')))) ?? -1
  const firstCell = nameColumn + 1
  const ruleOf = (column: number): Named | undefined => (head ? ruleNamed.get(plain(head[column] ?? '')) : rules[from.column + column - firstCell])
  if (head) found.noRule = head.slice(firstCell).filter((cell) => plain(cell) !== '' && !ruleNamed.has(plain(cell))).map((cell) => cell.trim())

  let seen = 0
  body.forEach((line, row) => {
    if (line.every((cell) => plain(cell) === '')) return
    let person: Named | undefined
    if (nameColumn >= 0) {
      const name = plain(line[nameColumn] ?? '')
      const some = byName.get(name) ?? []
      if (some.length > 1) found.twins.push(name)
      else if (some.length === 0 && name !== '') found.unknown.push(name)
      if (some.length !== 1) return
      person = some[0]
    } else person = people[from.row + row]
    line.slice(firstCell).forEach((raw, i) => {
      const rule = ruleOf(firstCell + i)
      seen += 1
      if (seen > MOST_CELLS) return
      if (!person || !rule) {
        if (!head && plain(raw) !== '') found.outside += 1
        return
      }
      const n = times(raw, most)
      if (n === null) found.unread.push(raw.trim())
      else found.cells.push({ person: person.id, rule: rule.id, times: n })
    })
  })
  return found
}
