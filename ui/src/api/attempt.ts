import { ref } from 'vue'

/**
 * What a press asks for, one at a time: while one attempt runs, another is not begun. What the work throws stands in
 * `error` until the next attempt begins or until it is cleared. Whoever checks what was typed before the attempt, and
 * must not speak of it while one runs, asks `busy` first.
 */
export function useAttempt() {
  const busy = ref(false)
  const error = ref<unknown>(null)

  /** Takes away what was said of an earlier attempt. */
  function clear(): void {
    error.value = null
  }

  /** Resolves with what the work answered; null when it threw, or was not begun because another still runs. Never rejects. */
  async function attempt<Answer>(work: () => Promise<Answer>): Promise<{ answer: Answer } | null> {
    if (busy.value) return null
    busy.value = true
    clear()
    try {
      return { answer: await work() }
    } catch (thrown) {
      error.value = thrown
      return null
    } finally {
      busy.value = false
    }
  }

  return { busy, error, attempt, clear }
}
