import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { ErasePreview, Letters, TrailLine } from '@/api/types'
import ErasePage from '@/pages/erase/ErasePage.vue'
import ShopPage from '@/pages/shop/ShopPage.vue'
import TrailPage from '@/pages/trail/TrailPage.vue'
import { menuOf } from '@/frame/menu'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import RightsPage from './RightsPage.vue'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllGlobals())

const id = '5'.repeat(32)
const line = (n: number): TrailLine => ({
  id: String(n), at: '2026-06-13T10:00:00+08:00', user: '周晓雯', org_name: '青石桥村', laptop: 'A', kind: 'saw', what: '看全号', purpose: '核对身份证', count: 1,
  person: id, person_name: '王秀英',
})
const preview = (change: Partial<ErasePreview> = {}): ErasePreview => ({
  name: '蒲大春', org_name: '青石桥村', refused: null, parts: [{ label: '党员', org_name: '青石桥村', count: 1 }, { label: '岗位', org_name: '青石桥村', count: 2 }],
  mentions: [{ id: '6'.repeat(32), label: '手记', date: '2026-06-10', text: '蒲大春说路灯坏了。' }], noted_with: ['何玉兰'], entries: 3, ...change,
})

function desk(letters: Letters = 'normal', change: { preview?: Partial<ErasePreview>; refuse?: string } = {}) {
  return bridge({
    'store.status': () => aVillage({ letters, level: 'township' }),
    'rights.table': (r) => ({
      level: r.level ?? 'township', applies_from: '2026-01-01',
      roles: [{ role: 'clerk', name: '组织干事', mine: true }, { role: 'reader', name: '只看', mine: false }],
      areas: [
        { name: '打开和锁上', tasks: [{ does: '开锁', anyone: true, may: [true, true] }] },
        { name: '写', tasks: [{ does: '写名册', anyone: false, may: [true, false] }] },
      ],
    }),
    'audit.users': () => [{ id: '7'.repeat(32), name: '周晓雯', org_name: '青石桥村' }],
    'audit.trail': (r) => (r.after ? { lines: [line(99)], next: null } : { lines: Array.from({ length: 40 }, (_, n) => line(n)), next: '12' }),
    'redact.preview': () => preview(change.preview),
    'redact.person': () => {
      if (change.refuse) throw refusal('refused', change.refuse, '', 'reason')
      return { done: { group: '', text: '删去了', at: '2026-06-13T10:00:00+08:00' } }
    },
    'points.of': (r) => (r.name === '王秀英' ? [{ account: id, name: '王秀英', group: 'members', group_name: '党员', party_group: '第二党小组', balance: 64, vouchers: 1 }] : []),
  })
}

async function erasing() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/erase/:id', component: ErasePage }, { path: '/:rest(.*)*', component: { template: '<div />' } }] })
  await router.push(`/erase/${id}`)
  return show(ErasePage, { router })
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it('the pages are sound for readers and have at most one main button', async () => {
    desk(letters)
    for (const open of [() => show(RightsPage), () => show(TrailPage), erasing, () => show(ShopPage)]) {
      const { wrapper } = await open()
      expect(await findings()).toEqual([])
      expect(document.querySelectorAll('.main-act').length).toBeLessThan(2)
      wrapper.unmount()
    }
  })
})

it('says of each task who may do it, in words', async () => {
  desk()
  const { wrapper } = await show(RightsPage)
  expect(wrapper.findAll('thead th').map((h) => h.text())).toEqual(['办什么事', '组织干事您', '只看'])
  const row = wrapper.findAll('tbody tr').find((r) => r.text().includes('写名册'))
  expect(row?.findAll('td').map((c) => c.text())).toEqual(['能', '不能'])
})

it('reads the trail page after page and asks a purpose before it is taken out', async () => {
  const b = desk()
  const { wrapper } = await show(TrailPage)
  expect(wrapper.findAll('tbody tr')).toHaveLength(40)
  await wrapper.findAll('button').find((x) => x.text() === '再往前看')?.trigger('click')
  await flushPromises()
  expect(wrapper.findAll('tbody tr')).toHaveLength(41)
  expect(b.of('audit.trail').at(-1)).toMatchObject({ after: '12' })
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('做什么用')
  expect(b.of('audit.export')).toEqual([])
})

it('erases only after a reason and a second word, with what was ticked', async () => {
  const b = desk()
  const { wrapper } = await erasing()
  expect(wrapper.text()).toContain('岗位 2\u00a0条')
  await wrapper.get('[role=checkbox]').trigger('click')
  await wrapper.get('.main-act').trigger('click')
  expect(wrapper.text()).toContain('还没写为什么。')
  await wrapper.get('input').setValue('本人要求')
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(b.of('redact.person')).toEqual([])
  const harm = [...document.querySelectorAll<HTMLElement>('[role=dialog] .btn.harm')].at(-1)
  harm?.click()
  await flushPromises()
  expect(b.of('redact.person')).toEqual([{ id, reason: '本人要求', mentions: ['6'.repeat(32)] }])
  expect(wrapper.text()).toContain('删去了。下次交接')
})

it('says why an erasure cannot be done from here', async () => {
  desk('normal', { preview: { refused: '这个人的资料是本级自己的，要请上一级来删。' } })
  const { wrapper } = await erasing()
  expect(wrapper.text()).toContain('要请上一级来删')
  expect(wrapper.find('.main-act').exists()).toBe(false)
})

it('shows whoever keeps the shop one whole name and a menu of one', async () => {
  const b = desk()
  const { wrapper } = await show(ShopPage)
  await wrapper.get('input').setValue('王秀英')
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  expect(wrapper.text()).toContain('现有 64\u00a0分')
  expect(wrapper.text()).toContain('能兑 1\u00a0档')
  expect(b.asked.map((a) => a.command)).toEqual(['store.status', 'points.of'])
  expect(menuOf('village', false).map((m) => m.to)).toEqual(['/shop'])
})
