import { expect, it } from 'vitest'
import { readBlock } from './block'

it('reads a block as spreadsheets copy it', () => {
  const { cells, unread } = readBlock('1\t\t2次\r\n３\t0\t\r\n', 99)
  expect(unread).toEqual([])
  expect(cells.map((c) => [c.row, c.column, c.times])).toEqual([[0, 0, 1], [0, 1, 0], [0, 2, 2], [1, 0, 3], [1, 1, 0], [1, 2, 0]])
})

it('names what is no number of times and leaves it out', () => {
  expect(readBlock('到\t-1\t1.5\t200\t4', 99)).toEqual({ cells: [{ row: 0, column: 4, times: 4 }], unread: ['到', '-1', '1.5', '200'] })
})

it('stops at a workbook that was pasted by mistake', () => {
  const { cells, unread } = readBlock(Array.from({ length: 60_000 }, () => '1').join('\n'), 99)
  expect(cells.length + unread.length).toBe(20_000)
})
