import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Double, Letters } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import DoublesPage from './DoublesPage.vue'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllGlobals())

const done = { group: 'g', text: '把王秀英记成了同一个人', at: '2026-06-12T10:00:00+08:00' }
const side = (n: number, name: string, org: string) => ({ id: String(n).repeat(32), org: String(n + 4).repeat(32), org_name: org, name, status: '正常' })
const pair = (n: number, name: string): Double => ({
  id: `p${n}`, why: 'number', text: '身份证号一样，名字不一样', first: side(n, name, '石河村党支部'), second: side(n + 1, `${name}二`, '云门村党支部'),
  facts: [
    { label: '姓名', first: name, second: `${name}二`, same: false },
    { label: '公民身份号码', first: '511722********0018', second: '511722********0018', same: true },
    { label: '党小组', first: '第一党小组', second: '没有写', same: false },
  ],
})

function office(change: { letters?: Letters; pairs?: Double[]; refuse?: string } = {}) {
  let left = change.pairs ?? [pair(1, '王秀英'), pair(3, '李国强')]
  const say = (r: { first: string }) => {
    if (change.refuse) throw refusal('not_allowed', change.refuse)
    left = left.filter((p) => p.first.id !== r.first)
    return { done }
  }
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal', level: 'township' }),
    'person.doubles': () => ({ count: left.length, sentence: '没有看着像同一个人的了。', doubles: left }),
    'person.join': say,
    'person.part': say,
  })
}
const open = () => show(DoublesPage, { at: '/doubles' })

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([['two pairs', undefined], ['nothing', []]] as [string, Double[] | undefined][])('%s are sound for readers and have one main button', async (_name, pairs) => {
    office({ letters, ...(pairs ? { pairs } : {}) })
    await open()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

it('shows both cards side by side and says what is the same in words', async () => {
  office()
  const { wrapper } = await open()
  expect(wrapper.findAll('thead a').map((a) => a.text())).toEqual(['王秀英', '王秀英二'])
  expect(wrapper.findAll('tbody th .st').map((s) => s.text())).toEqual(['不一样', '一样'])
  expect(wrapper.findAll('tbody th .note').map((s) => s.text())).toEqual(['一边没写'])
})

it('counts down as each pair is settled, one way or the other', async () => {
  const b = office()
  const { wrapper } = await open()
  expect(wrapper.get('[role=status]').text()).toBe('还剩 2\u00a0对')
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(b.of('person.join')).toEqual([{ first: '1'.repeat(32), second: '2'.repeat(32) }])
  expect(wrapper.get('[role=status]').text()).toBe('还剩 1\u00a0对')
  await wrapper.findAll('button').find((x) => x.text() === '不是同一个人')?.trigger('click')
  await flushPromises()
  expect(b.of('person.part')).toEqual([{ first: '3'.repeat(32), second: '4'.repeat(32) }])
  expect(wrapper.text()).toContain('没有看着像同一个人的')
})

it('leaves a pair for later without saying anything of it', async () => {
  const b = office()
  const { wrapper } = await open()
  await wrapper.findAll('button').find((x) => x.text().includes('先放着'))?.trigger('click')
  await flushPromises()
  expect(wrapper.text()).toContain('李国强')
  expect(b.of('person.join')).toEqual([])
})

it('says why it could not be written, and keeps the pair', async () => {
  office({ refuse: '这一步要由上一级来做，什么也没做。' })
  const { wrapper } = await open()
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(wrapper.get('[role=alert]').text()).toContain('上一级')
  expect(wrapper.text()).toContain('王秀英')
})
