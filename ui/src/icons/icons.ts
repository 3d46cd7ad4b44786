import sprite from './icons.svg?raw'

/** The drawings of the house, by name. A shape never changes its meaning between pages. */
export const iconNames = [
  'today', 'roster', 'post', 'court', 'points', 'life', 'ledger', 'paper', 'stick', 'more', 'search', 'lock', 'plus',
  'check', 'x', 'minus', 'right', 'left', 'down', 'up', 'arrow', 'undo', 'okc', 'half', 'open', 'doubt', 'fail', 'late',
  'clock', 'newp', 'chg', 'same', 'cols', 'file', 'out', 'inn', 'pen', 'phone', 'eye', 'info', 'keyb', 'map', 'note',
  'errand', 'cam', 'big', 'villages', 'star', 'rule', 'eject', 'drag', 'home', 'person', 'power', 'chart', 'hub', 'key',
] as const

export type IconName = (typeof iconNames)[number]

/** The strokes of every icon, cut out of the sprite once. Inlined so that `currentColor` and forced colours reach them. */
export const strokes: ReadonlyMap<string, string> = new Map(
  [...sprite.matchAll(/<symbol id="(\w+)"[^>]*>(.*?)<\/symbol>/gs)].map((m) => [m[1] ?? '', m[2] ?? '']),
)
