import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { call } from '@/api/client'

/** Where a draft is written, by its key: `note:<courtyard>`, `member:<id>` … */
export function draftRoute(key: string): string {
  const [noun = '', id = ''] = key.split(':', 2)
  const query = id === '' || id === 'new' ? '' : encodeURIComponent(id)
  if (noun === 'note') return query === '' ? '/courtyards?write=1' : `/courtyards?write=1&id=${query}`
  if (noun === 'errand') return '/courtyards?errand=1'
  if (noun === 'member') return query === '' ? '/roster?new=1' : `/roster/${query}?edit=1`
  if (noun === 'points') return '/points'
  if (noun === 'post') return '/posts'
  if (noun === 'import') return '/roster/import'
  if (noun === 'settle') return '/settle'
  return '/today'
}

/** A pause in typing after which what was typed is kept, in milliseconds. */
const PAUSE_MS = 600

/** Drafts that changed since they were kept, on whatever page. */
const pending = new Set<() => Promise<void>>()

/** Keeps every draft at once; asked before the lock falls. */
export async function keepDrafts(): Promise<void> {
  await Promise.all([...pending].map((keep) => keep()))
}

/**
 * Keeps what is being typed, so that a lock, a crash or a lost current costs nothing. `kept` is when it was last kept, for
 * `边写边存，10:26 已存`. Call `load` once, `drop` when the thing is saved for good.
 */
export function useDraft<T>(key: Ref<string>, body: Ref<T>) {
  const kept = ref<string | null>(null)
  const error = ref<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let on = false

  function settle() {
    clearTimeout(timer)
    timer = undefined
    pending.delete(keep)
  }

  async function keep(): Promise<void> {
    settle()
    try {
      kept.value = (await call('draft.put', { key: key.value, body: body.value })).at
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  }

  /** Gives what was kept under the key, or null; from now on changes are kept. */
  async function load(): Promise<T | null> {
    on = false
    try {
      const found = await call('draft.get', { key: key.value })
      kept.value = found.at
      return found.body === null ? null : (found.body as T)
    } finally {
      // The caller puts the answer into `body`; that is no change to be kept again.
      setTimeout(() => (on = true))
    }
  }

  async function drop(): Promise<void> {
    settle()
    kept.value = null
    await call('draft.drop', { key: key.value })
  }

  watch(
    body,
    () => {
      if (!on) return
      clearTimeout(timer)
      pending.add(keep)
      timer = setTimeout(() => void keep(), PAUSE_MS)
    },
    { deep: true },
  )
  onScopeDispose(() => {
    if (timer !== undefined) void keep()
  })

  return { kept, error, load, keep, drop }
}
