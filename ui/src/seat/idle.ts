/** Nobody touched anything for so long: it locks. Ten minutes, as the lock page says. */
export const IDLE_MINUTES = 10

const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/** Calls `lock` after {@link IDLE_MINUTES} without a sign of anybody. */
export function lockWhenIdle(lock: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const again = () => {
    clearTimeout(timer)
    timer = setTimeout(lock, IDLE_MINUTES * 60_000)
  }
  return {
    start: () => {
      for (const sign of SIGNS) window.addEventListener(sign, again, { passive: true })
      again()
    },
    stop: () => {
      for (const sign of SIGNS) window.removeEventListener(sign, again)
      clearTimeout(timer)
    },
  }
}
