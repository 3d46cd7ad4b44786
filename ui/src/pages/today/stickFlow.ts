import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { call } from '@/api/client'
import { pickFolder } from '@/api/files'
import { useAnswer } from '@/api/query'
import type { StickRead, StickWritten, Unit } from '@/api/types'
import { useCarrying } from '@/pages/stick/carrying'
import { below as w } from '@/words/below'

/** How often it is looked for a stick, in milliseconds. */
const LOOK_EVERY_MS = 2000

/** Something to be written back onto the stick that was just read. */
export interface Back { id: string; name: string; count: number }

/**
 * Sticks one after another: plugged in, read, what is owed written back, pulled out, the next. Nothing is read or written
 * before somebody presses; what was read last stays on the page until the next stick comes.
 */
export function useStickFlow(units: () => readonly Unit[]) {
  const { data: sticks, refetch } = useAnswer('stick.find', {})
  const { reading, writing, busy, stopped, error, carry, clear } = useCarrying()

  const path = ref('')
  const byHand = ref(false)
  const read = shallowRef<StickRead | null>(null)
  const written = shallowRef<StickWritten[]>([])
  const skipped = ref(false)
  const gone = ref(false)

  const stick = computed(() => sticks.value?.find((s) => s.path === path.value))
  const timer = setInterval(() => {
    if (!busy.value) void refetch()
  }, LOOK_EVERY_MS)
  onBeforeUnmount(() => clearInterval(timer))
  watch(sticks, (now, before) => {
    if (busy.value || !now) return
    if (path.value !== '' && !byHand.value && !now.some((s) => s.path === path.value)) {
      gone.value = true
      path.value = ''
    }
    const known = new Set((before ?? []).map((s) => s.path))
    const fresh = now.find((s) => !known.has(s.path)) ?? (before === undefined ? now[0] : undefined)
    if (fresh && (path.value === '' || byHand.value || fresh.path !== path.value)) use(fresh.path)
  }, { immediate: true })

  function use(next: string, hand = false) {
    path.value = next
    byHand.value = hand
    read.value = null
    written.value = []
    skipped.value = gone.value = stopped.value = false
    clear()
  }

  /** What is owed to those whose files were just read, and not written yet. */
  const backs = computed<Back[]>(() => {
    if (skipped.value || gone.value || read.value === null) return []
    const came = new Set(read.value.files.flatMap((f) => (f.from_org ? [f.from_org] : [])))
    const done = new Set(written.value.map((x) => x.to_name))
    return units().filter((u) => came.has(u.id) && u.hand_back > 0 && !done.has(u.name)).map((u) => ({ id: u.id, name: u.name, count: u.hand_back }))
  })

  const readFrom = (from: string) =>
    carry(async () => {
      read.value = null
      read.value = await reading.start(() => call('stick.read', { path: from }))
    })
  async function chooseAndRead() {
    const folder = await pickFolder({ title: w.pickTitle })
    if (folder === null) return
    use(folder, true)
    await readFrom(folder)
  }
  const writeBack = (back: Back) =>
    carry(async () => {
      const done = await writing.start(() => call('stick.write', { dir: path.value, to: back.id }))
      written.value = [...written.value, done]
    })

  const phase = computed(() => {
    if (path.value === '') return gone.value ? 'gone' : 'idle'
    if (read.value === null) return 'found'
    return backs.value.length > 0 ? 'owed' : 'done'
  })
  return { phase, path, stick, byHand, read, written, backs, busy, reading, writing, stopped, error, readFrom, chooseAndRead, writeBack, skip: () => (skipped.value = true) }
}

export type StickFlow = ReturnType<typeof useStickFlow>
