import { ref, shallowRef, type Ref } from 'vue'
import { isComposing } from './enter'

/**
 * Search while one types. Of answers that overtake each other only the last one asked for counts, and while pinyin is being
 * composed nothing is asked: `compositionend` asks. `at` is the choice that ↑ ↓ have come to.
 */
export function useSearching<Found>(search: (text: string) => Promise<readonly Found[]>) {
  const text = ref('')
  /** What `found` is the answer to; empty while nothing was asked. */
  const asked = ref('')
  const found: Ref<readonly Found[]> = shallowRef([])
  const at = ref(0)
  const error = ref<unknown>(null)
  let turn = 0

  function clear() {
    turn += 1
    text.value = ''
    asked.value = ''
    found.value = []
    error.value = null
  }

  async function ask() {
    const mine = (turn += 1)
    const words = text.value.trim()
    if (words === '') {
      found.value = []
      asked.value = ''
      return
    }
    try {
      const answer = await search(words)
      if (mine !== turn) return
      found.value = answer
      asked.value = words
      at.value = 0
      error.value = null
    } catch (thrown) {
      if (mine === turn) error.value = thrown
    }
  }

  /** For `input` and `compositionend` of the field. */
  function typed(event: Event) {
    text.value = (event.target as HTMLInputElement).value
    if (!(event as InputEvent).isComposing) void ask()
  }

  /** Takes ↑ ↓ among so many choices; true when the key was one of them. */
  function walk(event: KeyboardEvent, choices: number): boolean {
    if (isComposing(event)) return false
    if (event.key === 'ArrowDown') at.value = Math.max(0, Math.min(at.value + 1, choices - 1))
    else if (event.key === 'ArrowUp') at.value = Math.max(at.value - 1, 0)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { text, asked, found, at, error, typed, walk, clear }
}
