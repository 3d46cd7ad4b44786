import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { call, onDone } from '@/api/client'
import type { Letters, StoreStatus } from '@/api/commands'
import { queries } from '@/api/query'
import { showLetters } from '@/components/letters'

/** Who sits at this computer, of which organisation, and how things stand with the store. */
export const useSeat = defineStore('seat', () => {
  const status = shallowRef<StoreStatus | null>(null)

  function take(next: StoreStatus) {
    const before = status.value
    status.value = next
    showLetters(next.letters)
    // What one person saw must not be shown to the next.
    if (before?.open && (!next.open || before.user?.name !== next.user?.name || before.demo !== next.demo)) queries.clear()
  }

  async function refresh(): Promise<StoreStatus> {
    const next = await call('store.status', {})
    take(next)
    return next
  }
  onDone(() => {
    if (status.value?.open) void refresh().catch(() => undefined)
  })

  /** Locks, wherever one is; what was typed is kept as drafts by the pages. */
  async function lock(): Promise<void> {
    await call('store.lock', {})
    await refresh()
    queries.clear()
  }

  async function setLetters(letters: Letters): Promise<void> {
    showLetters(letters)
    if (status.value?.open) {
      await call('settings.set', { letters })
      await refresh()
    }
  }

  const open = computed(() => status.value?.open ?? false)
  const level = computed(() => status.value?.level ?? 'village')
  const user = computed(() => status.value?.user ?? null)
  return { status, open, level, user, take, refresh, lock, setLetters }
})
