import { ref } from 'vue'
import { useAttempt } from '@/api/attempt'
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
  const { busy, error, attempt } = useAttempt()

  async function write(ids: string[] | null, purpose: string | null): Promise<boolean> {
    const outcome = await attempt(async () => {
      const name = w.exportName(seat.status?.org?.name ?? '', today()).replace(/[\s\u00a0]/g, '')
      const out = await saveFile({ title: w.exportTitle, name, kind: w.sheet, extensions: ['xlsx'] })
      if (out === null) return false
      const { path, rows } = await call('roster.export', { out, unmasked: purpose !== null, purpose, ids })
      exported.value = { path, rows, ids, whole: purpose !== null }
      return true
    })
    return outcome?.answer ?? false
  }
  return { exported, error, busy, write }
}
