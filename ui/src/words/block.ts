/** A pasted block is never larger than this many cells; more is a whole workbook pasted by mistake. */
const MOST_CELLS = 20_000

/**
 * Reads a block copied from a spreadsheet: cells apart by tabs, rows by line ends. A cell is a number of times (`2`, `2次`,
 * `２`), or empty for none. What is neither is left out and named, so that it can be looked at.
 */
export function readBlock(text: string, most: number): { cells: { row: number; column: number; times: number }[]; unread: string[] } {
  const cells: { row: number; column: number; times: number }[] = []
  const unread: string[] = []
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  lines.forEach((line, row) => {
    line.split('\t').forEach((raw, column) => {
      if (cells.length + unread.length >= MOST_CELLS) return
      const cell = raw.normalize('NFKC').trim().replace(/次$/, '')
      if (cell === '') cells.push({ row, column, times: 0 })
      else if (/^\d{1,2}$/.test(cell) && Number(cell) <= most) cells.push({ row, column, times: Number(cell) })
      else unread.push(raw.trim())
    })
  })
  return { cells, unread }
}
