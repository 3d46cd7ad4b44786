import type { Courtyard } from '@/api/types'

/** The drawing's size in its own units; a courtyard's place is 0 to 1000 of what is left inside the margins. */
export interface Sheet { width: number; height: number }
export interface Spot { x: number; y: number }

/** Room kept for the houses and the two lines of words of a courtyard at the edge. */
const MARGIN = { side: 76, top: 62, bottom: 70 }

/** Where a place of 0 to 1000 lies on the drawing. */
export function spotOf(x: number, y: number, sheet: Sheet): Spot {
  const inside = (v: number) => Math.max(0, Math.min(1000, v)) / 1000
  return {
    x: MARGIN.side + inside(x) * (sheet.width - 2 * MARGIN.side),
    y: MARGIN.top + inside(y) * (sheet.height - MARGIN.top - MARGIN.bottom),
  }
}

/** The place of 0 to 1000 that a point of the drawing stands for. */
export function placeOf(spot: Spot, sheet: Sheet): Spot {
  const whole = (v: number) => Math.round(Math.max(0, Math.min(1000, v * 1000)))
  return {
    x: whole((spot.x - MARGIN.side) / (sheet.width - 2 * MARGIN.side)),
    y: whole((spot.y - MARGIN.top) / (sheet.height - MARGIN.top - MARGIN.bottom)),
  }
}

/** Places of a calm grid, row by row, every other row a little to the right. */
function grid(count: number): Spot[] {
  const columns = count <= 4 ? 2 : count <= 12 ? 3 : count <= 24 ? 4 : 5
  const rows = Math.max(2, Math.ceil(count / columns))
  return Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns)
    const shift = row % 2 === 0 ? 0 : 0.18
    return { x: (((i % columns) + shift) / (columns - 1 + 0.18)) * 1000, y: (row / (rows - 1)) * 1000 }
  })
}

/**
 * Where every courtyard stands, 0 to 1000 both ways. Those that were put somewhere stand there; the others take, in
 * order of their id, the free place of a grid that is farthest from all the rest, so that a courtyard added later moves none.
 */
export function places(courtyards: readonly Courtyard[]): Map<string, Spot> {
  const at = new Map<string, Spot>()
  for (const c of courtyards) if (c.x !== null && c.y !== null) at.set(c.id, { x: c.x, y: c.y })
  const rest = courtyards.filter((c) => !at.has(c.id)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const free = grid(courtyards.length)
  if (at.size === 0) {
    rest.forEach((c, i) => at.set(c.id, free[i] ?? { x: 500, y: 500 }))
    return at
  }
  for (const c of rest) {
    const distance = (spot: Spot) => Math.min(...[...at.values()].map((o) => Math.hypot(o.x - spot.x, o.y - spot.y)))
    const best = free.reduce((a, b) => (distance(b) > distance(a) ? b : a))
    at.set(c.id, best)
  }
  return at
}
