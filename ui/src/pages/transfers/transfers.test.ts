import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LateChange, Letters, Level, Transfer } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import { someFields } from '@/testing/people'
import TransfersPage from './TransfersPage.vue'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllGlobals())

const done = { group: 'g', text: '接收了王秀英，从石河村党支部转来', at: '2026-06-12T10:00:00+08:00' }
const org = (n: number, name: string) => ({ id: String(n).repeat(32), name, level: 'village' as const, parent: null, replicas: 1, absorbed_into: null, last_heard: null })
const orgs = [org(4, '石河村党支部'), org(5, '云门村党支部'), org(6, '黄桷村党支部')]

/** Somebody on the way from the first village to the second. */
const aTransfer = (change: Partial<Transfer> = {}): Transfer => ({
  id: 'a'.repeat(32), state: 'handed_over', text: '从石河村党支部转来，等您接收', name: '王秀英', id_number: '511722********0018', from: '4'.repeat(32),
  from_name: '石河村党支部', to: '5'.repeat(32), to_name: '云门村党支部', reason: '搬家', letter: null, released_on: '2026-06-10', handed_on: '2026-06-11',
  accepted_on: null, old_member: null, new_member: null, points: 4, late: 0, steps: ['accept'], suggested: null, ...change,
})
const late: LateChange[] = [
  { id: '1'.repeat(32), kind: 'field', label: '工作岗位', before: '空着', after: '护林员', who: '书记', at: '2026-06-11T09:00:00+08:00' },
  { id: '2'.repeat(32), kind: 'points', label: '积分', before: '没有', after: '2分', who: '', at: '' },
]

function office(list: Transfer[], change: { level?: Level; letters?: Letters; refuse?: string } = {}) {
  let left = list
  let waiting = late
  const answer = <T>(id: string, done: T): T => {
    if (change.refuse) throw refusal('refused', change.refuse)
    left = left.filter((t) => t.id !== id)
    return done
  }
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal', level: change.level ?? 'village' }),
    'transfer.list': () => ({ count: left.length, waiting: left.length, sentence: `等您接收的${left.length}人。`, transfers: left }),
    'transfer.show': () => ({ transfer: list[0] ?? aTransfer(), fields: { ...someFields, name: '王秀英' }, history: [{ date: '2025-03-01', kind: 'post', text: '定了「政策宣传岗」', detail: '在石河村党支部' }] }),
    'transfer.accept': (r) => answer(r.id, { member: 'b'.repeat(32), done }),
    'transfer.hand_over': (r) => answer(r.id, { id: r.id, member: 'b'.repeat(32), done }),
    'transfer.confirm': (r) => answer(r.id, { done }),
    'transfer.cancel': (r) => answer(r.id, { done }),
    'transfer.late': () => waiting,
    'transfer.settle': (r) => {
      waiting = waiting.filter((c) => c.id !== r.change)
      return { done }
    },
    'transfer.receive': () => ({ id: 'c'.repeat(32), member: 'd'.repeat(32), done }),
    'org.list': () => orgs,
  })
}
const open = () => show(TransfersPage, { at: '/transfers' })
const press = async (text: string) => {
  const button = [...document.querySelectorAll<HTMLElement>('button')].find((b) => b.textContent?.trim().includes(text))
  if (!button) throw new Error(`no button ${text}`)
  button.click()
  await flushPromises()
}

const township: Transfer[] = [
  aTransfer({ id: '1'.repeat(32), state: 'released', text: '从石河村党支部转出，去云门村，还没有转交', to: null, to_name: '云门村', steps: ['hand_over', 'cancel'], suggested: '5'.repeat(32), points: null }),
  aTransfer({ id: '2'.repeat(32), name: '李国强', state: 'accepted', text: '云门村党支部 2026-06-12 接收了，还没有告诉石河村党支部', steps: ['confirm', 'look'], late: 2, old_member: '7'.repeat(32), new_member: '8'.repeat(32) }),
  aTransfer({ id: '3'.repeat(32), name: '冯小燕', state: 'recalled', text: '石河村党支部撤回了转出', steps: ['withdraw'] }),
  aTransfer({ id: '4'.repeat(32), name: '蒲大春', state: 'done', text: '已转出', steps: [] }),
]

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([
    ['a village that is to accept', [aTransfer()], 'village'], ['a village with nothing to do', [aTransfer({ state: 'done', steps: [] })], 'village'],
    ['a township', township, 'township'], ['a township with nothing to do', township.slice(3), 'township'], ['nothing', [], 'village'],
  ] as [string, Transfer[], Level][])('%s is sound for readers and has one main button', async (_name, list, level) => {
    office(list, { letters, level })
    await open()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('at the new village', () => {
  it('shows the dossier before it is accepted, and accepts by one press', async () => {
    const b = office([aTransfer()])
    const { wrapper } = await open()
    expect(wrapper.get('h2').text()).toBe('等我接收的')
    expect(wrapper.text()).not.toContain('政策宣传岗')
    await press('看档案')
    expect(wrapper.text()).toContain('政策宣传岗')
    expect(wrapper.get('.main-act').text()).toBe('接收王秀英')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('transfer.accept')).toEqual([{ id: 'a'.repeat(32) }])
    expect(wrapper.text()).toContain('还没有人转进转出')
  })

  it('says why it could not be accepted, and keeps the row', async () => {
    office([aTransfer()], { refuse: '王秀英已经接收过了，没有再收一次。' })
    const { wrapper } = await open()
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role=alert]').text()).toContain('已经接收过了')
    expect(wrapper.findAll('.one')).toHaveLength(1)
  })

  it('takes in somebody from outside when a name and a place are given', async () => {
    const b = office([])
    const { router } = await open()
    await press('接收外面来的人')
    await press('接收进花名册')
    expect(document.body.textContent).toContain('还没写从哪里来。')
    const field = (label: string) => {
      const lab = [...document.querySelectorAll('label')].find((l) => l.textContent?.trim().startsWith(label))
      return document.getElementById(lab?.getAttribute('for') ?? '') as HTMLInputElement
    }
    for (const [label, text] of [['姓名', '李长河'], ['从哪里来', '外县河口村党支部']] as const) {
      field(label).value = text
      field(label).dispatchEvent(new Event('input'))
    }
    await flushPromises()
    await press('把李长河接收进花名册')
    expect(b.of('transfer.receive')).toMatchObject([{ fields: { name: '李长河' }, from: '外县河口村党支部', letter: null }])
    expect(router.currentRoute.value.fullPath).toBe(`/roster/${'d'.repeat(32)}?edit=1`)
  })
})

describe('at the township', () => {
  it('puts what waits first, each with its one next step', async () => {
    const b = office(township, { level: 'township' })
    const { wrapper } = await open()
    expect(wrapper.findAll('h2').map((h) => h.text())).toEqual(['待转交', '老支部撤回了的', '已接收，还没告诉老支部', '办完的'])
    expect(wrapper.get('.main-act').text()).toBe('把王秀英转交给云门村党支部')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('transfer.hand_over')).toEqual([{ id: '1'.repeat(32), to: null }])
    await press('收回档案')
    expect(b.of('transfer.cancel')).toEqual([{ id: '3'.repeat(32) }])
    await press('告诉石河村党支部')
    expect(b.of('transfer.confirm')).toEqual([{ id: '2'.repeat(32) }])
  })

  it('asks which organisation a name means that nobody knows', async () => {
    const b = office([aTransfer({ state: 'released', to: null, to_name: '哪个村', steps: ['hand_over', 'cancel'], suggested: null })], { level: 'township' })
    const { wrapper } = await open()
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('还没选交给哪个支部。')
    expect(b.of('transfer.hand_over')).toEqual([])
  })

  it('lists what came late, and takes each over or leaves it', async () => {
    const b = office([aTransfer({ id: '2'.repeat(32), state: 'done', steps: ['look'], late: 2 })], { level: 'township' })
    const { wrapper } = await open()
    expect(wrapper.get('h2').text()).toBe('晚到的改动')
    expect(wrapper.text()).toContain('护林员')
    await press('补进去')
    await press('不用')
    expect(b.of('transfer.settle')).toEqual([
      { id: '2'.repeat(32), change: '1'.repeat(32), take: true }, { id: '2'.repeat(32), change: '2'.repeat(32), take: false },
    ])
  })
})
