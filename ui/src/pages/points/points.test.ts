import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Claim, Letters, PeopleGroup, PointRule } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import PointsPage from './PointsPage.vue'
import { cellsOf, readDraft } from './gridDraft'
import { readPasted } from '@/words/pastedTable'

const names = ['何玉兰', '李国强', '刘桂香', '杨素芬']
const person = (i: number) => `p${i}`
const rule = (id: string, name: string, points: number, cap: number): PointRule => ({ id, name, part: '基础分', points, counts: 'times', unit: '次', per: 'time', cap, cap_period: 'year', cap_text: `每次${points}分，全年最多${cap}` })
const rules = [rule('study', '集中学习', 2, 12), rule('day', '主题党日', 2, 8)]
const done = { group: 'g', text: '记了积分', at: '2026-06-05T09:55:00+08:00' }
const claim = (n: number, proposer: string, granted = 2): Claim => ({ id: `c${n}`, account: person(n), name: names[n] ?? '', rule: 'study', rule_name: '集中学习', date: '2026-06-05', times: 1, asked: 2, granted, event: null, proposer, mine: proposer === '罗永福', state: 'proposed', reason: null })

/** 杨素芬 has already reached the cap of 集中学习. */
function village(change: { letters?: Letters; fail?: boolean; draft?: unknown; claims?: Claim[]; level?: 'village' | 'township' } = {}) {
  const preview = (cells: { account: string; rule: string; times: number }[]) => {
    const sums: Record<string, number> = {}
    const out = cells.map((c) => {
      const capped = c.account === person(3) && c.rule === 'study'
      const asked = c.times * 2
      sums[c.account] = (sums[c.account] ?? 0) + (capped ? 0 : asked)
      return { ...c, asked, granted: capped ? 0 : asked, capped, text: capped ? '到顶，记0分' : '' }
    })
    return { cells: out, sums, total: Object.values(sums).reduce((a, b) => a + b, 0), capped: out.filter((c) => c.capped).length }
  }
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal', level: change.level ?? 'village' }),
    'points.rules': () => (['members', 'households'] as PeopleGroup[]).map((group, i) => ({ group, group_name: i ? '农户' : '党员', book: '党员积分办法', version: '2026', principles: ['依法信访不扣分。'], rules })),
    'points.grid': () => ({ book: '党员积分办法', accounts: names.map((name, i) => ({ id: person(i), name, party_group: '二组', year_total: 10 + i, used: { study: i === 3 ? 12 : 4, day: 0 } })), claims: [] }),
    'points.preview': (r) => preview(r.cells),
    'points.claim': (r) => {
      if (change.fail) throw refusal('disk_full', '电脑的盘满了，还没存进去，填的都在这一页上。')
      return { claims: r.cells.length, points: preview(r.cells).total, done }
    },
    'points.claims': () => change.claims ?? [claim(0, '周晓雯'), claim(1, '罗永福'), claim(3, '周晓雯', 0)],
    'points.review': (r) => ({ posted: r.approve ? r.claims.length : 0, points: 2, done }),
    'points.balances': () => names.map((name, i) => ({ account: person(i), name, party_group: '二组', vouchers: null, balance: 40 - i, pending: i ? 0 : 2, year: 20 - i, rank: i + 1 })),
    'points.entries': () => [
      { key: 'k1', account: person(3), date: '2026-06-05', name: '杨素芬', rule_name: '主题党日', points: 2, state: 'posted', reason: null, done_by: '周晓雯' },
      { key: 'k2', account: person(3), date: '2026-05-09', name: '杨素芬', rule_name: '集中学习', points: -2, state: 'reversal', reason: '记错了人', done_by: '周晓雯' },
    ],
    'points.reverse': () => ({ done }),
    'draft.get': () => ({ body: change.draft ?? null, at: change.draft ? '2026-06-05T09:50:00+08:00' : null }),
    'draft.put': () => ({ at: '2026-06-05T09:55:00+08:00' }),
    'draft.drop': () => ({}),
  })
}
const pause = async () => {
  await new Promise((resolve) => setTimeout(resolve, 150))
  await flushPromises()
}
async function filled() {
  const { wrapper } = await show(PointsPage, { at: '/points' })
  const grid = wrapper.get('[role=grid]')
  await grid.trigger('focus')
  for (const key of ['1', 'Enter', 'Enter', 'Enter', '1']) await grid.trigger('keydown', { key })
  await pause()
  return wrapper
}
const mains = () => document.querySelectorAll('.main-act')

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each(['/points', '/points?view=review', '/points?view=ranking', '/points?account=p3'])('%s is sound for readers and has one main button', async (at) => {
    village({ letters })
    await show(PointsPage, { at })
    await pause()
    expect(await findings()).toEqual([])
    expect(mains()).toHaveLength(1)
  })
})

describe('claiming points', () => {
  it('tells of caps before anything is handed in: in the cell, at the foot and on the button', async () => {
    village()
    const wrapper = await filled()
    expect(wrapper.get('td.full').text()).toContain('到顶，记 0\u00a0分')
    expect(wrapper.get('.tell').text()).toBe('杨素芬，集中学习：今年已经 12\u00a0分，到顶了。这 1\u00a0次照样记下来，分数记 0。')
    expect(wrapper.get('.main-act').text()).toBe('交小组评定：+2\u00a0分')
    expect(wrapper.get('.counts').text()).toBe('1\u00a0人有分，1\u00a0处到顶')
  })

  it('hands in exactly the cells that are filled, and lets go of the draft', async () => {
    const b = village()
    const wrapper = await filled()
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('points.claim')).toMatchObject([{ group: 'members', cells: [{ account: 'p0', rule: 'study', times: 1 }, { account: 'p3', rule: 'study', times: 1 }] }])
    expect(b.of('draft.drop')).toContainEqual({ key: 'points:members' })
    expect(wrapper.find('td.full').exists()).toBe(false)
    expect(wrapper.text()).toContain('交给小组了')
    wrapper.unmount()
    expect(b.of('draft.put')).toEqual([])
  })

  it('keeps every cell when it could not be handed in', async () => {
    village({ fail: true })
    const wrapper = await filled()
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role=alert]').text()).toContain('填的都在这一页上')
    expect(wrapper.find('td.full').exists()).toBe(true)
  })

  it('says what is missing when nothing is filled, and sends nothing', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points' })
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没填一格。')
    expect(b.of('points.claim')).toEqual([])
  })

  it('goes on with what was kept, without people and rules that are gone', async () => {
    village({ draft: { date: '2026-06-05', times: { 'p0/study': 2, 'gone/study': 1, 'p0/gone': 1 } } })
    const { wrapper } = await show(PointsPage, { at: '/points' })
    await pause()
    expect(wrapper.get<HTMLInputElement>('.day input').element.value).toBe('2026-06-05')
    expect(wrapper.get('.main-act').text()).toBe('交小组评定：+4\u00a0分')
  })

  it('reads a day as people type it, and keeps the old one when it cannot', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points' })
    const day = wrapper.get<HTMLInputElement>('.day input')
    await day.setValue('2026年6月5日')
    await flushPromises()
    expect(b.of('points.grid').at(-1)).toEqual({ group: 'members', date: '2026-06-05' })
    await day.setValue('那天')
    expect(wrapper.text()).toContain('看不出是哪一天。')
    expect(day.element.value).toBe('那天')
  })
})

describe('a table from a spreadsheet', () => {
  const people = names.map((name, i) => ({ id: person(i), name }))
  const read = (text: string, from = { row: 0, column: 0 }) => readPasted(text, people, rules, from, 99)

  it('goes by names and heads, in whatever order they stand', () => {
    expect(read('序号\t姓名\t主题党日\t集中学习\n1\t杨素芬\t1\t\n2\t何 玉兰\t２次\t3')).toMatchObject({
      cells: [{ person: 'p3', rule: 'day', times: 1 }, { person: 'p3', rule: 'study', times: 0 }, { person: 'p0', rule: 'day', times: 2 }, { person: 'p0', rule: 'study', times: 3 }],
      unknown: [], unread: [], noRule: [],
    })
  })

  it('goes from the cell one is on when it has neither', () => {
    expect(read('1\t2\n3\t4\t5', { row: 2, column: 0 })).toMatchObject({ cells: [{ person: 'p2', times: 1 }, { person: 'p2', times: 2 }, { person: 'p3', times: 3 }, { person: 'p3', times: 4 }], outside: 1 })
  })

  it('names what it does not understand and never guesses between two of one name', () => {
    const twins = [...people, { id: 'p9', name: '何玉兰' }]
    const found = readPasted('姓名\t集中学习\t打扫\n何玉兰\t1\t1\n谁\t1\t1\n李国强\t到\t1', twins, rules, { row: 0, column: 0 }, 99)
    expect(found).toEqual({ cells: [], unknown: ['谁'], twins: ['何玉兰'], noRule: ['打扫'], unread: ['到'], outside: 0 })
  })

  it('is finished with any text at all', () => {
    for (const text of ['', '\n\n', '\t\t\t', 'x'.repeat(50_000), '1\t'.repeat(30_000)]) expect(read(text).cells.length).toBeLessThanOrEqual(20_000)
  })

  it('is looked at before it is taken', async () => {
    village()
    const { wrapper } = await show(PointsPage, { at: '/points' })
    const event = new Event('paste', { bubbles: true, cancelable: true })
    Object.defineProperty(event, 'clipboardData', { value: { getData: () => '姓名\t主题党日\n何玉兰\t1\n谁\t1' } })
    wrapper.get('[role=grid]').element.dispatchEvent(event)
    await flushPromises()
    const dialog = () => document.querySelector<HTMLElement>('[role=dialog]')
    expect(dialog()?.textContent).toContain('看懂了 1\u00a0格，1\u00a0个人。')
    expect(dialog()?.textContent).toContain('1\u00a0个名字对不上：谁。')
    expect(wrapper.get('.main-act').text()).toBe('交小组评定')
    dialog()?.querySelector<HTMLElement>('.ways .btn')?.click()
    await pause()
    expect(wrapper.get('.main-act').text()).toBe('交小组评定：+2\u00a0分')
  })
})

describe('reviewing', () => {
  it('passes the selected claims and says how many points that posts', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points?view=review' })
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没选。')
    await wrapper.get('[role=grid]').trigger('keydown', { key: ' ' })
    expect(wrapper.get('.main-act').text()).toBe('通过 1\u00a0笔，+2\u00a0分')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('points.review')).toEqual([{ claims: ['c0'], approve: true, reason: null }])
  })

  it('leaves what one claimed oneself to another, and says so', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points?view=review' })
    await wrapper.get('[role=grid]').trigger('keydown', { key: 'a', ctrlKey: true })
    expect(wrapper.get('.foot').text()).toContain('1\u00a0笔是自己记的，先留着，换个人审。')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('points.review')).toEqual([{ claims: ['c0', 'c3'], approve: true, reason: null }])
  })

  it('says that all is reviewed when nothing waits', async () => {
    village({ claims: [] })
    const { wrapper } = await show(PointsPage, { at: '/points?view=review' })
    expect(wrapper.text()).toContain('都审完了')
    expect(await findings()).toEqual([])
  })

  it('refuses only with a reason', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points?view=review' })
    await wrapper.get('[role=grid]').trigger('keydown', { key: 'a', ctrlKey: true })
    await wrapper.get('.foot .harm').trigger('click')
    await flushPromises()
    const dialog = document.querySelector<HTMLElement>('[role=dialog]')
    dialog?.querySelector<HTMLElement>('.harm')?.click()
    await flushPromises()
    expect(dialog?.textContent).toContain('还没写原因。')
    expect(b.of('points.review')).toEqual([])
  })

  it('marks what one claimed oneself, and what is at its cap', async () => {
    village()
    const { wrapper } = await show(PointsPage, { at: '/points?view=review' })
    expect(wrapper.findAll('.tag').map((t) => t.text())).toEqual(['自己记的', '到顶，本来 +2\u00a0分'])
  })

  it('is what a township sees first', async () => {
    village({ level: 'township' })
    const { wrapper } = await show(PointsPage, { at: '/points' })
    expect(wrapper.text()).toContain('等审核的 3\u00a0笔')
  })
})

describe('the statement of an account', () => {
  it('adds up, and reverses an entry only with a reason', async () => {
    const b = village()
    const { wrapper } = await show(PointsPage, { at: '/points?account=p3' })
    expect(wrapper.text()).toContain('这些加起来 0\u00a0分。')
    await wrapper.get('td .btn').trigger('click')
    await flushPromises()
    const dialog = document.querySelector<HTMLElement>('[role=dialog]')
    expect(dialog?.textContent).toContain('会添一笔 −2\u00a0分，原来那笔留着，以后查得到。')
    const why = dialog?.querySelector('input') as HTMLInputElement
    why.value = '那天她请假'
    why.dispatchEvent(new Event('input'))
    await flushPromises()
    dialog?.querySelector<HTMLElement>('.harm')?.click()
    await flushPromises()
    expect(b.of('points.reverse')).toEqual([{ key: 'k1', reason: '那天她请假' }])
  })
})

describe('a draft of cells', () => {
  it('comes back as it was kept, and out in the shape of a request', () => {
    const known = [new Set(['a', 'b']), new Set(['r'])] as const
    const draft = readDraft({ date: '2026-06-05', times: { 'a/r': 2, 'b/r': 0, 'c/r': 1, 'a/x': 1 } }, '2026-06-06', ...known)
    expect(cellsOf(draft.times)).toEqual([{ account: 'a', rule: 'r', times: 2 }])
    for (const junk of [null, 3, [], { times: 'x' }]) expect(readDraft(junk, '2026-06-06', ...known)).toEqual({ date: '2026-06-06', times: {} })
  })
})
