import { shallowReactive, ref, watch, type Ref } from 'vue'

/** How many rows are asked for at once, so that a flick of the wheel is one question and not twenty. */
const AT_ONCE = 60

/**
 * Fetches the rows in sight of a list that knows only its ids. Rows of an older list stay on screen until the new ones are
 * there, so that nothing flickers after an edit.
 */
export function useVisibleRows<Row extends { id: string }>(
  ids: Ref<readonly string[]>,
  fetchRows: (ids: string[]) => Promise<readonly Row[]>,
) {
  const rows = shallowReactive(new Map<string, Row>())
  const freshIn = new Map<string, number>()
  const error = ref<unknown>(null)
  let list = 0
  let asking = false
  let wanted: [number, number] | null = null

  watch(ids, () => {
    list += 1
    if (wanted) void see(...wanted)
  })

  /** Says which rows are in sight; `from` and `to` count from 0, `to` is not included. */
  async function see(from: number, to: number): Promise<void> {
    wanted = [from, to]
    if (asking) return
    asking = true
    try {
      for (;;) {
        const [first, last] = wanted
        const now = list
        const missing = ids.value.slice(Math.max(0, first), last).filter((id) => freshIn.get(id) !== now)
        if (missing.length === 0) break
        const ask = missing.slice(0, AT_ONCE)
        for (const row of await fetchRows(ask)) rows.set(row.id, row)
        // An id that came back without a row is gone; asking again would never end.
        for (const id of ask) freshIn.set(id, now)
        error.value = null
      }
    } catch (thrown) {
      error.value = thrown
    } finally {
      asking = false
    }
  }

  return { rows, see, error }
}
