import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { call, onDone } from '@/api/client'
import type { Letters, StoreStatus } from '@/api/types'
import { queries } from '@/api/query'
import { showLetters } from '@/components/letters'
import { keepDrafts } from './drafts'

/** A draft that waits behind the lock: named and counted, never shown. */
export interface Kept { key: string; title: string; letters: number | null; at: string }

/** How the lock fell while somebody was at work. */
export interface Locked { user: string; at: string; idle: boolean; kept: Kept[] }

/** The role of whoever redeems vouchers and reads nothing else. */
export const SHOPKEEPER = 'shopkeeper'

/** Who sits at this computer, of which organisation, and how things stand with the store. */
export const useSeat = defineStore('seat', () => {
  const status = shallowRef<StoreStatus | null>(null)

  /** The organisation's name, remembered behind the lock, where the store cannot tell it. */
  const place = shallowRef<string | null>(null)
  const locked = shallowRef<Locked | null>(null)

  function take(next: StoreStatus) {
    const before = status.value
    status.value = next
    if (next.open) locked.value = null
    if (next.org) place.value = next.org.name
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

  /** Locks, wherever one is; what was typed is kept as drafts by the pages, and the lock page names them. */
  async function lock(idle: boolean): Promise<void> {
    const name = user.value?.name
    await keepDrafts()
    const kept = await draftsKept().catch(() => [])
    await call('store.lock', {})
    locked.value = name === undefined ? null : { user: name, at: new Date().toISOString(), idle, kept }
    await refresh()
  }

  async function setLetters(letters: Letters): Promise<void> {
    showLetters(letters)
    await call('settings.set', { letters })
    await refresh()
  }

  const open = computed(() => status.value?.open ?? false)
  const level = computed(() => status.value?.level ?? 'village')
  const user = computed(() => status.value?.user ?? null)
  /** May read what the store holds. */
  const reads = computed(() => user.value?.role !== SHOPKEEPER)
  return { status, open, level, user, reads, place, locked, take, refresh, lock, setLetters }
})

async function draftsKept(): Promise<Kept[]> {
  const [{ drafts }, bodies] = await Promise.all([call('home.today', {}), call('draft.list', {})])
  return drafts.map((d) => {
    const body = bodies.find((b) => b.key === d.key)?.body
    const text = typeof body === 'object' && body !== null && 'text' in body ? body.text : null
    return { key: d.key, title: d.title, letters: typeof text === 'string' ? [...text].length : null, at: d.at }
  })
}
