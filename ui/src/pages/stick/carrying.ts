import { ref } from 'vue'
import { useAttempt } from '@/api/attempt'
import { ApiError } from '@/api/client'
import { useJob } from '@/api/job'
import { queries } from '@/api/query'
import type { StickRead, StickWritten } from '@/api/types'
import { useSeat } from '@/seat/seat'

/** Reading from a stick and writing onto it, one at a time; what somebody stopped is said to be stopped, and is no error. */
export function useCarrying() {
  const seat = useSeat()
  const reading = useJob<StickRead>()
  const writing = useJob<StickWritten>()
  const stopped = ref(false)
  const { busy, error, attempt, clear } = useAttempt()

  async function carry(work: () => Promise<void>): Promise<void> {
    if (busy.value) return
    stopped.value = false
    await attempt(async () => {
      try {
        await work()
      } catch (thrown) {
        if (!(thrown instanceof ApiError && thrown.code === 'cancelled')) throw thrown
        stopped.value = true
      }
    })
    // Neither the log nor what waits comes back with an act. Only now, for sticks that come while one is busy are not looked at.
    await queries.invalidateQueries()
    void seat.refresh().catch(() => undefined)
  }

  return { reading, writing, busy, stopped, error, carry, clear }
}
