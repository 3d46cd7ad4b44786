import { ref, watch, type Ref } from 'vue'
import { call } from '@/api/client'
import { useAnswer } from '@/api/query'

/**
 * The columns somebody chose for a list on this computer, kept in its settings. Null is the order of the house. Give it to
 * `YbTable` as `shown` and to `YbColumns` as its model. `error` says that a choice could not be kept; it holds until then.
 */
export function useColumns(list: string): { shown: Ref<string[] | null>; error: Ref<unknown> } {
  const shown = ref<string[] | null>(null)
  const error = ref<unknown>(null)
  const { data } = useAnswer('settings.get', {})
  let known = false

  watch(
    data,
    (settings) => {
      if (!settings || known) return
      known = true
      const kept = settings.columns[list]
      shown.value = kept && kept.length > 0 ? kept : null
    },
    { immediate: true },
  )
  watch(shown, async (now, before) => {
    if (!known || JSON.stringify(now) === JSON.stringify(before)) return
    const kept = data.value?.columns[list] ?? []
    if (JSON.stringify(now ?? []) === JSON.stringify(kept)) return
    try {
      await call('settings.set', { columns: { [list]: now ?? [] } })
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  })
  return { shown, error }
}
