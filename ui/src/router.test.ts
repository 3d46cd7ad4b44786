import { afterEach, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { useSeat } from '@/seat/seat'
import { aVillage, bridge } from '@/testing/bridge'
import { router, whereOneWas } from './router'

afterEach(() => vi.unstubAllGlobals())

it('goes on where the lock fell, not at the beginning', async () => {
  let status = aVillage()
  bridge({
    'store.status': () => status,
    'home.today': () => ({ drafts: [] }) as never,
    'draft.list': () => [],
    'store.lock': () => {
      status = { ...status, open: false, user: null }
      return {}
    },
  })
  setActivePinia(createPinia())
  await router.push('/courtyards?id=a')
  await useSeat().lock(false)
  await router.replace('/sign-in')
  expect(router.currentRoute.value.path).toBe('/sign-in')
  expect(whereOneWas()).toBe('/courtyards?id=a')
  // The page itself is loaded on the way, which takes long where much else is going on.
}, 60_000)

it('leads home from a page that only a village has, and from one that only those above have', async () => {
  let status = aVillage({ level: 'township' })
  bridge({ 'store.status': () => status, 'home.today': () => ({ drafts: [] }) as never })
  setActivePinia(createPinia())
  await router.push('/today')
  await router.push('/posts')
  expect(router.currentRoute.value.path).toBe('/today')
  await router.push('/villages')
  expect(router.currentRoute.value.path).toBe('/villages')
  status = aVillage()
  await useSeat().refresh()
  await router.push('/today')
  await router.push('/villages')
  expect(router.currentRoute.value.path).toBe('/today')
}, 60_000)
