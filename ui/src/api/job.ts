import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { announce, ApiError, call } from './client'
import type { ApiFailure } from './client'
import type { JobStatus } from './types'

/** How often a running job is asked how far it is, in milliseconds. */
const ASK_EVERY_MS = 250

/**
 * Long work: `start` takes the command that answers a job's id, then asks how far it is until it ends.
 * Resolves with the job's result; rejects with {@link ApiError}, `cancelled` when it was stopped.
 */
export function useJob<Result>() {
  const status = shallowRef<JobStatus | null>(null)
  const running = ref(false)
  let job: string | null = null
  let left = false
  onScopeDispose(() => {
    left = true
  })

  async function start(begin: () => Promise<{ job: string }>): Promise<Result> {
    running.value = true
    status.value = null
    try {
      job = (await begin()).job
      for (;;) {
        const now = await call('job.status', { job })
        status.value = now
        if (now.error) throw new ApiError(now.error as ApiFailure)
        if (now.finished) {
          announce(now.result)
          return now.result as Result
        }
        if (left) throw new ApiError({ code: 'cancelled', message: '', next_step: '', field: null })
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
      }
    } finally {
      running.value = false
      job = null
    }
  }

  /** Asks the work to stop; `start` then rejects with `cancelled`. */
  async function stop(): Promise<void> {
    if (job !== null) await call('job.cancel', { job })
  }

  const done = computed(() => status.value?.done ?? 0)
  const total = computed(() => status.value?.total ?? null)
  const text = computed(() => status.value?.text ?? '')
  return { start, stop, running, status, done, total, text }
}
