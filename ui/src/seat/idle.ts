/** After so many minutes without a sign of anybody it locks, while the settings are not known. */
export const IDLE_MINUTES = 10

const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/** Calls `lock` after so many minutes without a sign of anybody. */
export function lockWhenIdle(lock: () => void, minutes: () => number = () => IDLE_MINUTES) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const again = () => {
    clearTimeout(timer)
    timer = setTimeout(lock, minutes() * 60_000)
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
