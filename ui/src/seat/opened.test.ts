import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { mount } from '@vue/test-utils'
import { defineComponent, h, ref } from 'vue'
import { RouterView } from 'vue-router'
import { aVillage, bridge } from '@/testing/bridge'
import { filesOpened, followOpened, openedSaid, useOpened, waiting } from './opened'
import { useSeat } from './seat'

const taken: string[] = []
const working = ref(false)
const reads = (kind: string) => defineComponent({
  setup() {
    useOpened(kind, (file) => taken.push(file), () => !working.value)
    return () => h('p', kind)
  },
})
const plain = defineComponent(() => () => h('p'))

let stop: (() => void) | null = null
async function office(open: boolean, at: string) {
  setActivePinia(createPinia())
  bridge({ 'store.status': () => aVillage({ open }) })
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/today', component: plain },
      { path: '/stick', component: reads('yuanba') },
      { path: '/people', component: plain },
      { path: '/rescue', component: reads('yuanba-backup') },
      { path: '/sign-in', component: plain, meta: { bare: true } },
      { path: '/first-run', component: plain, meta: { bare: true } },
    ],
  })
  await router.push(at)
  const seat = useSeat()
  await seat.refresh()
  mount(RouterView, { global: { plugins: [router] } })
  stop = followOpened(router)
  return { router, seat }
}
beforeEach(() => {
  taken.length = 0
  waiting.value = []
  openedSaid.value = ''
  working.value = false
})
afterEach(() => stop?.())

describe('a file that was opened by a double click', () => {
  it('brings the page that reads it, which takes it once', async () => {
    const { router } = await office(true, '/today')
    filesOpened(['/usb/石桥村-20260612.yuanba'])
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/stick')
    expect(taken).toEqual(['/usb/石桥村-20260612.yuanba'])
    expect(waiting.value).toEqual([])
  })

  it('waits until somebody is in, and until the page after that is there', async () => {
    const { router, seat } = await office(false, '/sign-in')
    filesOpened(['C:\\U盘\\石桥村.YUANBA'])
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/sign-in')
    seat.take(aVillage({ open: true }))
    await router.replace('/today')
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/stick')
    expect(taken).toEqual(['C:\\U盘\\石桥村.YUANBA'])
  })

  it('does not take away the recovery code of a new store', async () => {
    const { router } = await office(true, '/first-run')
    filesOpened(['/usb/一.yuanba', '/usb/二.yuanba-backup'])
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/first-run')
    expect(waiting.value).toHaveLength(2)
  })

  it('brings back a copy while nobody is in', async () => {
    const { router } = await office(false, '/sign-in')
    filesOpened(['/usb/院坝备份.yuanba-backup'])
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/rescue')
    expect(taken).toEqual(['/usb/院坝备份.yuanba-backup'])
  })

  it('comes in its turn when the page is at work', async () => {
    await office(true, '/stick')
    working.value = true
    filesOpened(['/usb/一.yuanba'])
    filesOpened(['/usb/一.yuanba', '/usb/二.yuanba'])
    await flushPromises()
    expect(taken).toEqual([])
    working.value = false
    await flushPromises()
    expect(taken).toEqual(['/usb/一.yuanba', '/usb/二.yuanba'])
  })

  it('is named when the page that reads it is not there for this person', async () => {
    await office(true, '/today')
    filesOpened(['/usb/求助.yuanba-help'])
    await flushPromises()
    expect(waiting.value).toEqual([])
    expect(openedSaid.value).toContain('求助.yuanba-help')
    expect(openedSaid.value).toContain('数据都没有动')
  })
})
