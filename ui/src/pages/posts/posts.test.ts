import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Letters, Post, PostBoard, Unplaced } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { aRow } from '@/testing/people'
import { findings, show } from '@/testing/mount'
import PostsPage from './PostsPage.vue'

const post = (id: string, name: string, places: number, holders: string[]): Post => ({
  id, name, duties: ['把上级政策讲给院坝里的人听'], frequency: '每月不少于2次', evidence: '宣讲照片', places, vacant: places - holders.length,
  holders: holders.map((h) => ({ assignment: `a-${h}`, member: `m-${h}`, name: h, since: '2025-07-01', until: '2026-06-30' })),
})
const who = (name: string, change: Partial<Unplaced> = {}): Unplaced => ({
  member: `m-${name}`, name, age: 46, sex: 'female', party_group: '一组', about: '以前是村医', excusable: null,
  suggestions: [{ post: 'help', name: '助老帮扶岗', reason: '她懂护理' }, { post: 'screen', name: '远教播放岗', reason: '离她家近' }], ...change,
})
const aBoard = (change: Partial<PostBoard> = {}): PostBoard => ({
  sentence: '无职党员7人：4人有岗，1人免岗，还有2人没定。',
  categories: [
    { id: 'a', name: '宣传引导', posts: [post('policy', '政策宣传岗', 2, ['王秀英', '李秀兰']), post('screen', '远教播放岗', 2, ['赵素华'])] },
    { id: 'b', name: '服务群众', posts: [post('help', '助老帮扶岗', 2, ['谢正强'])] },
  ],
  unplaced: [who('邓秀华'), who('冯长友', { sex: 'male', age: 71, about: null, excusable: '年纪大', suggestions: [] })],
  excused: [{ excuse: 'e1', member: 'm-周兴贵', name: '周兴贵', reason: '腿有伤', decided_on: '2026-01-10' }],
  ...change,
})
const done = { group: 'g', text: '给邓秀华定了「助老帮扶岗」', at: '2026-06-12T10:00:00+08:00' }

function village(change: { letters?: Letters; board?: PostBoard; fail?: boolean } = {}) {
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal' }),
    'post.board': () => change.board ?? aBoard(),
    'post.assign': () => {
      if (change.fail) throw refusal('refused', '邓秀华已经在「助老帮扶岗」上了，没有再定一次。', '', 'post')
      return { assignment: 'a9', done }
    },
    'roster.rows': ({ ids }) => ids.map((id) => aRow(0, { id, name: id.slice(2) })),
    'post.excuse': () => ({ done }),
    'post.end': () => ({ done }),
    'draft.get': () => ({ body: null, at: null }),
    'draft.put': () => ({ at: '2026-06-12T10:00:00+08:00' }),
    'draft.drop': () => ({}),
  })
}
const open = (at = '/posts') => show(PostsPage, { at })
const press = async (el: Element | null | undefined) => {
  ;(el as HTMLElement | null | undefined)?.click()
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each(['/posts', '/posts?post=policy'])('%s is sound for readers and has one main button', async (at) => {
    village({ letters })
    await open(at)
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })

  it('says that everybody has a post when nobody waits', async () => {
    village({ letters, board: aBoard({ unplaced: [] }) })
    const { wrapper } = await open()
    expect(wrapper.text()).toContain('人人有岗，或者免了岗')
    expect(await findings()).toEqual([])
  })
})

describe('people whom the roster sent', () => {
  it('are asked about one after the other, also those who have a post', async () => {
    village()
    const { wrapper } = await open('/posts?people=m-冯长友,m-谢正强')
    expect(wrapper.text()).toContain('从花名册选来的，还有 2\u00a0人要定岗。')
    expect(wrapper.get('.todo').text()).toContain('冯长友')
    await press([...document.querySelectorAll('button')].find((b) => b.textContent?.includes('看下一个')))
    expect(wrapper.get('.todo').text()).toContain('谢正强')
    expect(wrapper.text()).toContain('还有 1\u00a0人要定岗。')
  })
})

describe('giving a post', () => {
  it('shows the row that would receive the person before anything is pressed', async () => {
    village()
    const { wrapper } = await open()
    const row = () => wrapper.findAll('.post').find((p) => p.text().includes('助老帮扶岗'))
    expect(row()?.text()).toContain('加上邓秀华')
    expect(row()?.text()).toContain('就满了')
    await wrapper.findAll('.opts input')[1]?.setValue()
    expect(row()?.text()).not.toContain('加上邓秀华')
    expect(wrapper.get('.main-act').text()).toBe('给邓秀华定远教播放岗')
  })

  it('sends which meeting decided and from when, as people type days', async () => {
    const b = village()
    const { wrapper } = await open()
    const days = wrapper.findAll<HTMLInputElement>('.pair input.in')
    await days[0]?.setValue('2026年6月11日')
    await days[1]?.setValue('2026.7.1')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('post.assign')).toEqual([{ member: 'm-邓秀华', post: 'help', duties: null, from: '2026-07-01', until: null, decided_on: '2026-06-11', decided_by: null }])
    wrapper.unmount()
    expect(b.of('draft.put')).toEqual([])
  })

  it('excuses only with a reason, which is kept while it is typed', async () => {
    const b = village()
    const { wrapper } = await open()
    await new Promise((resolve) => setTimeout(resolve))
    await wrapper.findAll('.opts input').at(-1)?.setValue()
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('免岗要写原因。')
    await wrapper.get('.more input').setValue('腿有伤')
    await press(wrapper.findAll('.rest .btn')[0]?.element)
    expect(b.of('draft.put')).toMatchObject([{ key: 'post:m-邓秀华', body: { text: '腿有伤' } }])
    expect(b.of('post.excuse')).toEqual([])
  })

  it('says what is missing when nothing suits and nothing was chosen', async () => {
    const b = village({ board: aBoard({ unplaced: [who('冯长友', { suggestions: [] })] }) })
    const { wrapper } = await open()
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没选哪个岗。')
    expect(b.of('post.assign')).toEqual([])
  })

  it('keeps the answers when the post could not be given', async () => {
    village({ fail: true })
    const { wrapper } = await open()
    await wrapper.findAll<HTMLInputElement>('.pair input.in')[0]?.setValue('2026-06-11')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role=alert]').text()).toContain('没有再定一次')
    expect(wrapper.findAll<HTMLInputElement>('.pair input.in')[0]?.element.value).toBe('2026-06-11')
  })

  it('asks in 大字版 about one person at a time', async () => {
    village({ letters: 'big' })
    const { wrapper } = await open()
    expect(wrapper.get('.nx').text()).toContain('第 1\u00a0个人，共 2\u00a0人')
    await wrapper.findAll('.nx .btn')[1]?.trigger('click')
    expect(wrapper.get('.giv h3').text()).toContain('冯长友')
  })
})

describe('a post', () => {
  it('lets somebody go only with a reason', async () => {
    const b = village()
    const { wrapper } = await open('/posts?post=policy')
    await press(wrapper.findAll('.one li .btn')[0]?.element)
    const dialog = document.querySelector('[role=dialog]')
    expect(dialog?.textContent).toContain('王秀英不再任政策宣传岗？')
    await press(dialog?.querySelector('.harm'))
    expect(b.of('post.end')).toEqual([])
    const why = dialog?.querySelector('input') as HTMLInputElement
    why.value = '外出务工'
    why.dispatchEvent(new Event('input'))
    await press(dialog?.querySelector('.harm'))
    expect(b.of('post.end')).toMatchObject([{ assignment: 'a-王秀英', reason: '外出务工' }])
  })

  it('shows who was excused and why, with the way back to a post', async () => {
    village()
    const { wrapper } = await open()
    await wrapper.get('.ex').trigger('click')
    expect(wrapper.get('.todo').text()).toContain('腿有伤')
    await press(wrapper.get('.rest .btn').element)
    expect(wrapper.get('.main-act').text()).toBe('给周兴贵定岗')
  })
})
