import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { ApiError, call } from '@/api/client'
import { saveFile } from '@/api/files'
import { useJob } from '@/api/job'
import type { ImportDone, ImportPreview, ImportRow, Keep } from '@/api/types'
import { importing as w } from '@/words/importing'

/** The steps, in order; `written` is after the last. */
export const STEP = { pick: 0, columns: 1, review: 2, write: 3, written: 4 } as const

/** Endings of the files that are read. */
const extensions = ['xlsx', 'xls', 'et', 'csv', 'txt', 'tsv', 'html', 'htm'] as const

/**
 * An import on its way. It outlives the page: going to look at somebody and coming back loses nothing. What is not decided
 * takes the preset, which for a doubtful row is to leave it out.
 */
export const useImporting = defineStore('importing', () => {
  const step = ref<number>(STEP.pick)
  const preview = shallowRef<ImportPreview | null>(null)
  const choices = ref<Record<number, Record<string, Keep>>>({})
  const candidates = ref<Record<number, string>>({})
  const result = shallowRef<ImportDone | null>(null)
  const rejected = ref<{ path: string; rows: number } | null>(null)
  const error = ref<unknown>(null)
  const stopped = ref(false)
  const reading = useJob<ImportPreview>()
  const writing = useJob<ImportDone>()

  function take(next: ImportPreview) {
    preview.value = next
    choices.value = {}
    candidates.value = {}
    rejected.value = null
  }

  /** Forgets what was on its way. */
  function reset() {
    step.value = STEP.pick
    preview.value = null
    choices.value = {}
    candidates.value = {}
    result.value = null
    rejected.value = null
    error.value = null
    stopped.value = false
  }

  function failed(thrown: unknown) {
    if (thrown instanceof ApiError && thrown.code === 'cancelled') stopped.value = true
    else error.value = thrown
  }

  /** Reads a file and goes on to its columns. */
  async function open(path: string): Promise<void> {
    if (reading.running.value || writing.running.value) return
    reset()
    try {
      take(await reading.start(() => call('import.open', { path })))
      step.value = STEP.columns
    } catch (thrown) {
      failed(thrown)
    }
  }

  /** Takes a corrected meaning of columns; false when it could not be taken. */
  async function map(columns: Record<string, string | null>, headerRows: number[] | null): Promise<boolean> {
    if (preview.value === null) return false
    error.value = null
    try {
      const corrected = Object.entries(columns).map(([column, field]) => ({ column, field }))
      take(await call('import.map', { session: preview.value.session, columns: corrected, header_rows: headerRows }))
      return true
    } catch (thrown) {
      error.value = thrown
      return false
    }
  }

  const rowsOf = (status: ImportRow['status']) => computed(() => preview.value?.rows.filter((r) => r.status === status) ?? [])
  const rows = {
    doubtful: rowsOf('doubtful'), changed: rowsOf('changed'), refused: rowsOf('refused'), new: rowsOf('new'), unchanged: rowsOf('unchanged'),
  }

  const keeps = (row: ImportRow, field: string): Keep => choices.value[row.row]?.[field] ?? row.changes.find((c) => c.field === field)?.choice ?? 'new'
  function choose(row: ImportRow, field: string, keep: Keep) {
    choices.value = { ...choices.value, [row.row]: { ...choices.value[row.row], [field]: keep } }
  }
  function chooseAll(row: ImportRow, keep: Keep) {
    choices.value = { ...choices.value, [row.row]: Object.fromEntries(row.changes.map((c) => [c.field, keep])) }
  }
  /** Who a doubtful row is: an id, `new`, or `skip` while nobody has said. */
  const decided = (row: ImportRow) => candidates.value[row.row] ?? 'skip'
  function decide(row: ImportRow, who: string) {
    candidates.value = { ...candidates.value, [row.row]: who }
  }

  /** How many would be added and changed by what is decided now. */
  const would = computed(() => {
    const counts = preview.value?.counts
    if (!counts) return { added: 0, changed: 0 }
    const doubts = rows.doubtful.value.map(decided)
    const unlisted = counts.changed - rows.changed.value.length
    return {
      added: counts.new + doubts.filter((d) => d === 'new').length,
      changed: unlisted + rows.changed.value.filter((r) => r.changes.some((c) => keeps(r, c.field) === 'new')).length + doubts.filter((d) => d !== 'new' && d !== 'skip').length,
    }
  })
  /** Rows that a person has to see to: doubtful and refused ones. */
  const rest = computed(() => (preview.value ? preview.value.counts.doubtful + preview.value.counts.refused : 0))
  const total = computed(() => {
    const c = preview.value?.counts
    return c ? c.new + c.changed + c.unchanged + c.doubtful + c.refused : 0
  })

  /** Writes what was decided, all of it as one act. */
  async function commit(): Promise<void> {
    const now = preview.value
    if (now === null || writing.running.value) return
    error.value = null
    stopped.value = false
    step.value = STEP.write
    try {
      result.value = await writing.start(() => call('import.commit', { session: now.session, choices: choices.value, candidates: candidates.value }))
      step.value = STEP.written
    } catch (thrown) {
      failed(thrown)
      step.value = STEP.review
    }
  }

  /** Writes the rows that wait as a workbook, each with its reason. */
  async function saveRest(): Promise<void> {
    const now = preview.value
    if (now === null) return
    error.value = null
    try {
      const name = w.rejectName(now.file.replace(/\.[^.]*$/, '')).replace(/\u00a0/g, '')
      const out = await saveFile({ title: w.rejectTitle, name, kind: w.pick.kind, extensions: ['xlsx'] })
      if (out !== null) rejected.value = await call('import.rejects', { session: now.session, out })
    } catch (thrown) {
      error.value = thrown
    }
  }

  return {
    extensions, step, preview, result, rejected, error, stopped, rows, would, rest, total,
    reading: reading.running, readingDone: reading.done, readingTotal: reading.total, readingText: reading.text, stopReading: reading.stop,
    writing: writing.running, writingDone: writing.done, writingTotal: writing.total, writingText: writing.text, stopWriting: writing.stop,
    open, map, keeps, choose, chooseAll, decided, decide, commit, saveRest, reset,
  }
})
