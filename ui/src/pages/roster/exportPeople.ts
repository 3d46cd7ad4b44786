import { ref } from 'vue'
import { call } from '@/api/client'
import { saveFile } from '@/api/files'
import { useSeat } from '@/seat/seat'
import { today } from '@/words/dates'
import { roster as w } from '@/words/roster'

/** What an export left behind. */
export interface Exported { path: string; rows: number; ids: string[] | null; whole: boolean }

/** Writes people to a workbook: masked at once, whole numbers only for a purpose. `ids` null is everybody. */
export function useExport() {
  const seat = useSeat()
  const exported = ref<Exported | null>(null)
  const error = ref<unknown>(null)
  const busy = ref(false)

  async function write(ids: string[] | null, purpose: string | null): Promise<boolean> {
    if (busy.value) return false
    error.value = null
    try {
      const name = w.exportName(seat.status?.org?.name ?? '', today()).replace(/[\s\u00a0]/g, '')
      const out = await saveFile({ title: w.exportTitle, name, kind: w.sheet, extensions: ['xlsx'] })
      if (out === null) return false
      busy.value = true
      const { path, rows } = await call('roster.export', { out, unmasked: purpose !== null, purpose, ids })
      exported.value = { path, rows, ids, whole: purpose !== null }
      return true
    } catch (thrown) {
      error.value = thrown
      return false
    } finally {
      busy.value = false
    }
  }
  return { exported, error, busy, write }
}
