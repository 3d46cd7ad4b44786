import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { Letters, MemberCard, Problem, SaveMember, StoreStatus } from '@/api/types'
import { aVillage, bridge } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import { aCard, someFields } from '@/testing/people'
import MemberPage from './MemberPage.vue'

// A whole list with its filters is laid out for each sentence; a busy machine needs its time.
vi.setConfig({ testTimeout: 30_000 })

afterEach(() => vi.unstubAllGlobals())

const id = '0'.repeat(31) + '1'
const at = '2026-06-12T10:26:00+08:00'
const done = { group: 'g', text: '改了何玉兰的入党日期', at }

function village(change: Partial<StoreStatus> = {}, card: Partial<MemberCard> = {}, kept: unknown = null) {
  return bridge({
    'store.status': () => aVillage(change),
    'member.card': () => aCard(card),
    'member.edit': (r) => (r.id ? { fields: someFields, heads: 'h1' } : { fields: { ...emptied() }, heads: '' }),
    'member.check': (r: SaveMember): Problem[] => (r.fields.id_number === '511722196302290010' ? [{ field: 'id_number', code: 'id_impossible_date', text: '1963年没有2月29日，这个号码抄错了。手边没有就先存，以后再补。' }] : []),
    'member.save': (r) => ({ id: r.id ?? 'f'.repeat(32), done, problems: [] }),
    'member.void': () => ({ done }),
    'member.unmask': () => ({ id_number: '511722196803150024', phones: ['13600000052'], address: '青石桥村二组3号', household_place: '明水县青石桥村二组3号', floating_place: null }),
    'conflict.resolve': () => ({ done }),
    'transfer.release': () => ({ id: 't'.repeat(32), member: id, done }),
    'person.part': () => ({ done }),
    'roster.query': () => ({ count: 0, ids: [], facets: { kinds: [], party_groups: [], doubtful: 0 }, sentence: '' }),
    'draft.get': () => ({ body: kept, at: kept === null ? null : at }),
    'draft.put': () => ({ at }),
    'draft.drop': () => ({}),
  })
}
const emptied = () => Object.fromEntries(Object.keys(someFields).map((k) => [k, k === 'phones' ? [] : null])) as unknown as typeof someFields

/** The page at its own address, for it reads the address. */
async function page(path: string) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/roster/:id', component: MemberPage }, { path: '/:rest(.*)*', component: { template: '<i />' } }] })
  await router.push(path)
  const Host = defineComponent({ setup: () => () => h(RouterView) })
  const shown = await show(Host, { router })
  await flushPromises()
  return { ...shown, router }
}
const press = async (text: string) => {
  const button = [...document.querySelectorAll<HTMLElement>('button, .link')].find((b) => b.textContent?.trim().includes(text))
  if (!button) throw new Error(`no button ${text}`)
  button.click()
  await flushPromises()
}
const field = (label: string) => {
  const lab = [...document.querySelectorAll('label')].find((l) => l.textContent?.trim().startsWith(label))
  return document.getElementById(lab?.getAttribute('for') ?? '') as HTMLInputElement
}
const type = async (label: string, text: string) => {
  field(label).value = text
  field(label).dispatchEvent(new Event('input'))
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([['the card', `/roster/${id}`], ['the form', `/roster/${id}?edit=1`], ['the form of a new person', '/roster/new']])('%s is sound for readers and has one main button', async (_name, path) => {
    village({ letters })
    await page(path)
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('the card', () => {
  it('says who it is in one glance and keeps what is not written out of the way', async () => {
    village()
    const { wrapper } = await page(`/roster/${id}`)
    expect(wrapper.get('h1').text()).toContain('女，58\u00a0岁，汉族，初中')
    expect(wrapper.text()).toContain('今年积分 38，全村第 5。')
    expect(wrapper.text()).not.toContain('现居住地')
    await press('没写的还有 1')
    expect(wrapper.text()).toContain('现居住地')
  })

  it('shows whole numbers only after the purpose was given', async () => {
    const b = village()
    const { wrapper } = await page(`/roster/${id}`)
    await press('看全号')
    await press('看全号，留下记录')
    expect(b.of('member.unmask')).toEqual([])
    expect(document.body.textContent).toContain('还没写做什么用。')
    const why = document.querySelector('[role=dialog] input') as HTMLInputElement
    why.value = '核对医保'
    why.dispatchEvent(new Event('input'))
    await press('看全号，留下记录')
    expect(b.of('member.unmask')).toEqual([{ id, purpose: '核对医保' }])
    expect(wrapper.text()).toContain('511722196803150024')
    expect(wrapper.text()).toContain('明水县青石桥村二组3号')
    await press('遮起来')
    expect(wrapper.text()).not.toContain('二组3号')
    expect(wrapper.text()).not.toContain('511722196803150024')
  })

  it('lets a doubt be settled with nothing chosen beforehand', async () => {
    const b = village()
    await page(`/roster/${id}`)
    await press('去定下来')
    await press('学历就用这个')
    expect(b.of('conflict.resolve')).toEqual([])
    const choice = document.querySelectorAll<HTMLInputElement>('[role=dialog] input[type=radio]')[1]
    choice?.click()
    await press('学历就用这个')
    expect(b.of('conflict.resolve')).toEqual([{ id: 'c1', take: 'B' }])
  })

  it('shows one kind of what has happened', async () => {
    village()
    const { wrapper } = await page(`/roster/${id}`)
    expect(wrapper.get('.tl').text()).toContain('到会')
    await press('岗位')
    expect(wrapper.get('.tl').text()).not.toContain('到会')
    await press('手记')
    expect(wrapper.text()).toContain('这一类还没有。')
  })

  it('declares a record void with its reason, and goes back to the list', async () => {
    const b = village()
    const { router } = await page(`/roster/${id}`)
    await press('作废这一条')
    const dialog = [...document.querySelectorAll<HTMLElement>('[role=dialog]')].find((d) => d.textContent?.includes('为什么作废')) as HTMLElement
    const act = [...dialog.querySelectorAll('button')][0] as HTMLButtonElement
    act.click()
    await flushPromises()
    expect(b.of('member.void')).toEqual([])
    const why = dialog.querySelector('input') as HTMLInputElement
    why.value = '写重了'
    why.dispatchEvent(new Event('input'))
    act.click()
    await flushPromises()
    expect(b.of('member.void')).toEqual([{ id, reason: '写重了' }])
    expect(router.currentRoute.value.path).toBe('/roster')
  })
})

describe('the form', () => {
  it('writes only what was changed, with what the person had seen', async () => {
    const b = village()
    const { router } = await page(`/roster/${id}?edit=1`)
    await type('入党日期', '85.7')
    field('入党日期').dispatchEvent(new Event('blur'))
    await flushPromises()
    expect(field('入党日期').value).toBe('1985-07')
    await press('存下来')
    expect(b.of('member.save')).toEqual([{ id, fields: { joined_on: '1985-07' }, heads: 'h1' }])
    expect(router.currentRoute.value.fullPath).toBe(`/roster/${id}`)
    expect(b.of('draft.drop')).toHaveLength(1)
  })

  it('names what is doubtful before writing, and writes it all the same when told to', async () => {
    const b = village()
    const { wrapper } = await page(`/roster/${id}?edit=1`)
    await type('身份证号', '511722196302290010')
    await press('存下来')
    expect(b.of('member.save')).toEqual([])
    expect(wrapper.get('.err').text()).toContain('1963\u00a0年没有 2\u00a0月 29\u00a0日，这个号码抄错了。')
    expect(wrapper.get('.way-out').text()).toContain('手边没有就先存')
    expect(field('身份证号').value).toBe('511722196302290010')
    await press('先这样存，标成存疑')
    expect(b.of('member.save')).toEqual([{ id, fields: { id_number: '511722196302290010' }, heads: 'h1' }])
  })

  it('keeps a date that cannot be read as it was typed', async () => {
    const b = village()
    await page(`/roster/${id}?edit=1`)
    await type('转正日期', '九七年下半年')
    field('转正日期').dispatchEvent(new Event('blur'))
    await press('存下来')
    expect(b.of('member.save')).toMatchObject([{ fields: { confirmed_on: '九七年下半年' } }])
  })

  it('shows what the old table said where the record has nothing', async () => {
    village()
    const { wrapper } = await page(`/roster/${id}?edit=1&field=confirmed_on`)
    expect(wrapper.text()).toContain('原来写的是「九七年下半年」。')
    expect(document.activeElement).toBe(field('转正日期'))
  })

  it('asks for the name of a new person and for nothing else', async () => {
    const b = village()
    const { router } = await page('/roster/new')
    await press('添进花名册')
    expect(b.of('member.check')).toEqual([])
    expect(document.body.textContent).toContain('还没写姓名。')
    await type('姓名', '邓小兰')
    await type('手机', '13900000164、13800000033')
    await press('把邓小兰添进花名册')
    expect(b.of('member.save')).toEqual([{ id: null, fields: { name: '邓小兰', phones: ['13900000164', '13800000033'] }, heads: null }])
    expect(router.currentRoute.value.path).toBe(`/roster/${'f'.repeat(32)}`)
  })

  it('goes on with what was typed before the lock fell', async () => {
    const b = village({}, {}, { job: '种柑橘' })
    const { wrapper } = await page(`/roster/${id}?edit=1`)
    expect(wrapper.text()).toContain('接着上次没写完的')
    expect(field('现在做什么').value).toBe('种柑橘')
    await press('存下来')
    expect(b.of('member.save')).toMatchObject([{ fields: { job: '种柑橘' } }])
  })
})

describe('somebody who moves, or stands in several records', () => {
  it('is released to an organisation that is named, on a day', async () => {
    const b = village()
    await page(`/roster/${id}`)
    await press('转出')
    await press('转出何玉兰')
    expect(document.body.textContent).toContain('还没写转到哪里。')
    await type('转到哪个支部', '云门村党支部')
    await press('把何玉兰转到云门村党支部')
    expect(b.of('transfer.release')).toMatchObject([{ member: id, to: '云门村党支部', outside: false, reason: null, letter: null }])
  })

  it('is only read once gone', async () => {
    village({}, { read_only: true, tags: ['正式党员', '已转出'], sentence: '已转出，去云门村党支部，等上级转交' })
    await page(`/roster/${id}`)
    const buttons = [...document.querySelectorAll('.btn')].map((b) => b.textContent?.trim())
    for (const gone of ['改资料', '转出', '作废这一条']) expect(buttons).not.toContain(gone)
    expect(document.querySelector('.main-act')?.textContent).toContain('去办转接')
    expect(await findings()).toEqual([])
  })

  it('is parted again, record by record, and told of elsewhere', async () => {
    const two = '2'.repeat(32)
    const b = village({}, {
      records: [
        { id, name: '何玉兰', id_number: '511722********0024', text: '党小组第二小组', leads: true },
        { id: two, name: '何玉兰', id_number: null, text: '出生日期1968-03', leads: false },
      ],
      elsewhere: [{ id: '3'.repeat(32), org_name: '云门村党支部', name: '何玉兰', status: '正常', points: 6 }],
      points_together: 44,
    })
    await page(`/roster/${id}`)
    expect(document.body.textContent).toContain('由 2\u00a0条记录合成')
    expect(document.body.textContent).toContain('合起来攒过 44\u00a0分')
    expect(await findings()).toEqual([])
    await press('分出来')
    expect(b.of('person.part')).toEqual([{ first: id, second: two }])
  })
})
