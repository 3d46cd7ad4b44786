import type { Errand } from '@/api/types'
import type { StateName } from '@/components/states'
import { errands as w } from '@/words/errands'

/** The shape and the word of where an errand stands; one past its promised day says by how much. */
export function stateOf(errand: Errand): { state: StateName; word: string } {
  if (errand.state === 'done') return { state: 'done', word: w.state.done }
  if (errand.state === 'refused') return { state: 'fail', word: w.state.refused }
  if (errand.state === 'handed_up') return { state: 'clock', word: w.state.handed_up }
  const late = errand.days_late ?? 0
  return late > 0 ? { state: 'late', word: w.late(late) } : { state: 'half', word: w.state.open }
}
