import type { IconName } from '@/icons/icons'

/** Shape and tint of every state. A shape never changes its meaning between pages. */
export const states = {
  done: { icon: 'okc', tint: 'done' },
  half: { icon: 'half', tint: 'wait' },
  open: { icon: 'open', tint: 'wait' },
  clock: { icon: 'clock', tint: 'shut' },
  late: { icon: 'late', tint: 'late' },
  doubt: { icon: 'doubt', tint: 'doubt' },
  fail: { icon: 'fail', tint: 'fail' },
  lock: { icon: 'lock', tint: 'shut' },
  new: { icon: 'newp', tint: 'new' },
  changed: { icon: 'chg', tint: 'new' },
  same: { icon: 'same', tint: 'shut' },
} as const satisfies Record<string, { icon: IconName; tint: string }>

export type StateName = keyof typeof states
