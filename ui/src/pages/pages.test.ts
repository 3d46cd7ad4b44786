import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import type { Letters, StoreStatus, Today } from '@/api/types'
import AppFrame from '@/frame/AppFrame.vue'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import FirstRunPage from './first-run/FirstRunPage.vue'
import MorePage from './more/MorePage.vue'
import SignInPage from './sign-in/SignInPage.vue'
import TodayPage from './today/TodayPage.vue'

afterEach(() => vi.unstubAllGlobals())

const at = '2026-06-12T10:12:00+08:00'
const aDay = (change: Partial<Today> = {}): Today => ({
  date: '2026-06-12', weekday: '星期五', lunar: '四月廿七', sentence: '今天柳坝赶场。',
  late: [{ id: '1', state: 'late', title: '何玉兰家的医保报销还没写结果', detail: '石院坝，答应6月10日办完', lateness: '过了2天', verb: '写结果', route: '/courtyards?errand=1' }],
  today: [{ id: '2', state: 'open', title: '带U盘去镇里', detail: '12条还没上报', lateness: null, verb: '写U盘', route: '/stick' }],
  soon: [{ id: '3', state: 'clock', title: '评杨素芬的岗', detail: '还有3天', lateness: null, verb: '去评议', route: '/posts' }],
  quiet_courtyards: [{ id: 'a', name: '黄桷树院坝', households: 18, liaison: { id: 'b', name: '单立群' }, days: 46 }],
  drafts: [{ key: 'note:a', title: '手记：大水井院坝', excerpt: '水管接头又漏了', at }],
  recent: [{ group: 'g1', text: '给王秀英定了「政策宣传岗」', at, user: '罗永福', undone: false, undoes: null }],
  ...change,
})

function village(change: Partial<StoreStatus> = {}, day: Partial<Today> = {}) {
  let status = aVillage(change)
  return bridge({
    'store.status': () => status,
    'home.today': () => aDay(day),
    'settings.set': (r) => {
      status = { ...status, letters: r.letters ?? status.letters, lock_minutes: r.lock_minutes ?? status.lock_minutes }
      return { letters: status.letters, columns: {}, backup_folder: null, backup_paused: false, lock_minutes: status.lock_minutes }
    },
    'store.lock': () => {
      status = { ...status, open: false, user: null }
      return {}
    },
    'draft.list': () => [{ key: 'note:a', body: { text: '水管接头又漏了' }, at }],
    'store.open': (r) => {
      if (r.passphrase !== '井水') throw refusal('wrong_passphrase', '口令不对，还可以试4次，然后要等1分钟。', '', 'passphrase')
      status = aVillage()
      return { status }
    },
    'store.create': (r) => {
      status = aVillage({ letters: r.letters ?? 'normal' })
      return { recovery_code: '7KQM-2XRA-P9TD-H4WN-8CVB-3JLE', status }
    },
    'recovery.confirm': () => ({}),
    'undo.group': () => ({ done: { group: 'g2', text: '撤销了一件', at }, left: ['备注'] }),
    'undo.last': () => ({ group: 'g1', text: '给王秀英定了「政策宣传岗」', at }),
  })
}

const pages: [string, Component, Partial<StoreStatus>, string][] = [
  ['today', TodayPage, {}, '/today'],
  ['settings', MorePage, {}, '/more'],
  ['sign-in', SignInPage, { open: false, user: null }, '/sign-in'],
  ['first run', FirstRunPage, { exists: false, open: false, level: null, org: null, user: null, users: [] }, '/first-run'],
]

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each(pages)('%s is sound for readers and has at most one main button', async (_name, page, change, path) => {
    village({ ...change, letters })
    await show(page, { at: path })
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act').length).toBeLessThanOrEqual(1)
  })

  it('the frame is sound for readers', async () => {
    village({ letters })
    await show(AppFrame, { slots: { default: '<main><h1>今天</h1></main>' } })
    expect(await findings()).toEqual([])
  })
})

describe('today', () => {
  it('shows what is late first, each with its verb, and 撤销 beside what was just done', async () => {
    const b = village()
    const { wrapper } = await show(TodayPage)
    expect(wrapper.findAll('.grp h2').map((h) => h.text())).toEqual(['已经拖了', '今天', '这几天'])
    expect(wrapper.find('.job').text()).toContain('过了 2\u00a0天')
    expect(wrapper.get('.side').text()).toContain('46\u00a0天没去')
    await wrapper.findAll('.side button').at(-1)?.trigger('click')
    await flushPromises()
    expect(b.of('undo.group')).toEqual([{ group: 'g1' }])
  })

  it('has in 大字版 no side column and keeps the days to come behind a line', async () => {
    village({ letters: 'big' })
    const { wrapper } = await show(TodayPage)
    expect(wrapper.find('.side').exists()).toBe(false)
    expect(wrapper.text()).not.toContain('评杨素芬的岗')
    await wrapper.get('.later').trigger('click')
    expect(wrapper.text()).toContain('评杨素芬的岗')
  })

  it('says what to do when nothing is to be done', async () => {
    village({}, { late: [], today: [], soon: [] })
    const { wrapper } = await show(TodayPage)
    expect(wrapper.text()).toContain('今天没有要办的事。')
    expect(wrapper.text()).toContain('想去哪个院坝坐坐？')
  })
})

describe('first run', () => {
  const fresh: Partial<StoreStatus> = { exists: false, open: false, level: null, org: null, user: null, users: [] }

  it('asks three questions, keeps the answers in sight, and shows the recovery code before letting in', async () => {
    const b = village(fresh)
    const { wrapper, router } = await show(FirstRunPage, { at: '/first-run' })
    const main = () => wrapper.get('.main-act').trigger('click')
    await main()
    expect(wrapper.text()).toContain('还没写名字。')
    await wrapper.findAll('.now input')[0]?.setValue('青石桥村')
    await wrapper.findAll('.now input')[1]?.setValue('明水县柳坝镇')
    await main()
    expect(wrapper.find('.done').text()).toContain('青石桥村，明水县柳坝镇')
    await wrapper.findAll('input[type=radio]')[1]?.setValue()
    expect(document.documentElement.dataset.size).toBe('big')
    await main()
    await wrapper.get('.now .in').setValue('罗永福')
    const secrets = wrapper.findAll('.now input[type=password]')
    await secrets[0]?.setValue('井水')
    await secrets[1]?.setValue('井 水')
    await main()
    expect(wrapper.text()).toContain('两遍不一样。')
    expect(b.of('store.create')).toEqual([])
    await secrets[1]?.setValue('井水')
    await main()
    await flushPromises()
    expect(b.of('store.create')).toEqual([
      { level: 'village', name: '青石桥村', place: '明水县柳坝镇', code: null, user: '罗永福', role: 'secretary', passphrase: '井水', letters: 'big' },
    ])
    expect(wrapper.findAll('.groups span').map((s) => s.text())).toEqual(['7KQM', '2XRA', 'P9TD', 'H4WN', '8CVB', '3JLE'])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
    const print = vi.fn()
    vi.stubGlobal('print', print)
    await wrapper.findAll('button').find((button) => button.text() === '打印一张')?.trigger('click')
    expect(print).toHaveBeenCalledTimes(1)
    expect(document.documentElement.dataset.sheet).toBe('')
    expect(document.querySelector('.sheet')?.textContent).toContain('青石桥村恢复码')
    expect([...document.querySelectorAll('.sheet .code span')].map((s) => s.textContent)).toEqual(['7KQM', '2XRA', 'P9TD', 'H4WN', '8CVB', '3JLE'])
    await main()
    await flushPromises()
    expect(b.of('recovery.confirm')).toHaveLength(1)
    expect(router.currentRoute.value.path).toBe('/today')
  })

  it('goes back to an answer without losing the others', async () => {
    village(fresh)
    const { wrapper } = await show(FirstRunPage, { at: '/first-run' })
    await wrapper.findAll('.now input')[0]?.setValue('青石桥村')
    await wrapper.get('.main-act').trigger('click')
    await wrapper.get('.main-act').trigger('click')
    await wrapper.get('.now .in').setValue('罗永福')
    await wrapper.get('.done button').trigger('click')
    expect(wrapper.get<HTMLInputElement>('.now input').element.value).toBe('青石桥村')
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.get<HTMLInputElement>('.now .in').element.value).toBe('罗永福')
  })
})

describe('signing in', () => {
  it('keeps what was typed when the passphrase is wrong, and says how often still', async () => {
    village({ open: false, user: null })
    const { wrapper, router } = await show(SignInPage, { at: '/sign-in' })
    const secret = wrapper.get<HTMLInputElement>('input')
    await secret.setValue('河水')
    await secret.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(wrapper.get('.err').text()).toContain('还可以试 4\u00a0次')
    expect(secret.element.value).toBe('河水')
    await secret.setValue('井水')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(router.currentRoute.value.path).toBe('/today')
  })

  it('signs in whom one chose', async () => {
    const b = village({ open: false, user: null })
    const { wrapper } = await show(SignInPage, { at: '/sign-in' })
    await wrapper.findAll('.one')[1]?.trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('周晓雯的口令')
    await wrapper.get('input').setValue('井水')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('store.open')).toEqual([{ user: '周晓雯', passphrase: '井水' }])
  })

  it('names and counts behind the lock what is kept, and never shows it', async () => {
    village()
    const { wrapper: frame } = await show(AppFrame, { slots: { default: '<main></main>' } })
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', ctrlKey: true }))
    await flushPromises()
    frame.unmount()
    const { mount } = await import('@vue/test-utils')
    const { createRouter, createMemoryHistory } = await import('vue-router')
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
    const wrapper = mount(SignInPage, { attachTo: document.body, global: { plugins: [router] } })
    expect(wrapper.text()).toContain('锁上了')
    expect(wrapper.get('.kept').text()).toContain('手记：大水井院坝，写了 7\u00a0个字')
    expect(wrapper.text()).not.toContain('水管')
  })
})

describe('the frame', () => {
  const press = async (key: string, init: KeyboardEventInit = {}) => {
    window.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, ...init }))
    await flushPromises()
  }

  it('presses the main button of the page with Ctrl Enter', async () => {
    village()
    const pressed = vi.fn()
    await show(AppFrame, { slots: { default: '<main><button class="main-act">写手记</button></main>' } })
    document.querySelector('.main-act')?.addEventListener('click', pressed)
    await press('Enter', { ctrlKey: true })
    expect(pressed).toHaveBeenCalledTimes(1)
  })

  it('takes back the last act by name with Ctrl Z, and says what it had to leave', async () => {
    const b = village()
    await show(AppFrame, { slots: { default: '<main></main>' } })
    await press('z', { ctrlKey: true })
    expect(b.of('undo.group')).toEqual([{ group: 'g1' }])
    expect(document.querySelector('.undo')?.textContent).toContain('撤销了：给王秀英定了「政策宣传岗」')
    expect(document.querySelector('.undo')?.textContent).toContain('备注')
  })

  it('leaves Ctrl Z to the words in a field, and every key to an input method', async () => {
    const b = village()
    await show(AppFrame, { slots: { default: '<main><input></main>' } })
    document.querySelector('main input')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true }))
    await press('l', { ctrlKey: true, isComposing: true })
    expect(b.of('undo.group')).toEqual([])
    expect(b.of('store.lock')).toEqual([])
  })

  it('goes to the items of the menu by Alt and their number', async () => {
    village()
    const { router } = await show(AppFrame, { at: '/more', slots: { default: '<main></main>' } })
    await press('1', { altKey: true })
    expect(router.currentRoute.value.path).toBe('/today')
  })

  it('says in words how things stand with the township', async () => {
    village()
    const { wrapper } = await show(AppFrame, { slots: { default: '<main></main>' } })
    expect(wrapper.get('.carry').text()).toContain('等待上报 12\u00a0条')
    expect(wrapper.get('.carry').text()).toContain('上次交接 6\u00a0月 3\u00a0日')
    village({ parent: null })
    const alone = await show(AppFrame, { slots: { default: '<main></main>' } })
    expect(alone.wrapper.get('.carry').text()).toContain('还没和镇里接上')
  })

  it('marks the made-up village as such and leads back', async () => {
    village({ demo: true })
    const { wrapper } = await show(AppFrame, { slots: { default: '<main></main>' } })
    expect(wrapper.text()).toContain('演示村，里面的人都是编的')
  })
})
