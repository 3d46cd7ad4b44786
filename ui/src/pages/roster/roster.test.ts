import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setPathAsker } from '@/api/files'
import type { Letters, MemberRow, StoreStatus } from '@/api/types'
import { aVillage, bridge } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import { find, someRows } from '@/testing/people'
import RosterPage from './RosterPage.vue'

// A whole list with its filters is laid out for each sentence; a busy machine needs its time.
vi.setConfig({ testTimeout: 30_000 })

afterEach(() => {
  setPathAsker(null)
  vi.unstubAllGlobals()
})

function village(rows: readonly MemberRow[] = someRows, change: Partial<StoreStatus> = {}) {
  return bridge({
    'store.status': () => aVillage(change),
    'settings.get': () => ({ lock_minutes: 10, letters: 'normal', columns: {}, backup_folder: null, backup_paused: false }),
    'settings.set': (r) => ({ lock_minutes: 10, letters: 'normal', columns: r.columns ?? {}, backup_folder: null, backup_paused: false }),
    'org.list': () => [],
    'roster.query': (q) => find(rows, q),
    'roster.rows': ({ ids }) => rows.filter((r) => ids.includes(r.id)),
    'member.regroup': ({ ids }) => ({ done: { group: 'g', text: '把陈德贵等2人改到第二小组', at: '2026-06-12T10:00:00+08:00' }, changed: ids.length }),
    'roster.export': (r) => ({ path: r.out, rows: r.ids?.length ?? rows.length }),
  })
}
/** Somebody who answers where the file goes. */
function saving(path: string) {
  setPathAsker(async () => path)
}
const press = async (text: string, within: ParentNode = document) => {
  const button = [...within.querySelectorAll('button')].find((b) => b.textContent?.includes(text))
  if (!button) throw new Error(`no button ${text}`)
  button.click()
  await flushPromises()
}
const boxes = () => [...document.querySelectorAll<HTMLElement>('tbody [role=checkbox]')]

describe.each(['normal', 'big'] as Letters[])('the roster in the %s layout', (letters) => {
  it.each([['with people', someRows], ['empty', []]])('%s is sound for readers and has one main button', async (_name, rows) => {
    village(rows, { letters })
    await show(RosterPage, { at: '/roster' })
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('the roster', () => {
  it('asks for ids first and only for the rows in sight', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({ ...(someRows[2] as MemberRow), id: String(i).padStart(32, '0') }))
    const b = village(many)
    await show(RosterPage, { at: '/roster' })
    const asked = b.of('roster.rows').flatMap((r) => (r as { ids: string[] }).ids)
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.length).toBeLessThan(200)
  })

  it('finds while one types, and waits while an input method composes', async () => {
    const b = village()
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    const input = wrapper.get<HTMLInputElement>('.q input')
    const before = b.of('roster.query').length
    input.element.value = 'he'
    input.element.dispatchEvent(new InputEvent('input', { isComposing: true, bubbles: true }))
    await flushPromises()
    expect(b.of('roster.query')).toHaveLength(before)
    input.element.value = '何'
    input.element.dispatchEvent(new Event('compositionend'))
    await flushPromises()
    expect(b.of('roster.query').at(-1)).toMatchObject({ search: '何' })
    expect(wrapper.findAll('tbody .name').map((n) => n.text())).toEqual(['何玉兰'])
  })

  it('says why somebody holds no post', async () => {
    village([{ ...(someRows[2] as MemberRow), excused_for: '年老' }, { ...(someRows[1] as MemberRow), post_text: '用水管护岗' }, someRows[3] as MemberRow])
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    const posts = wrapper.findAll('tbody tr').map((row) => row.findAll('td').find((td) => /岗/.test(td.text()))?.text())
    expect(posts).toEqual(['免岗：年老', '用水管护岗', '未设岗'])
  })

  it('offers a way out when nobody was found', async () => {
    village()
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    await wrapper.get('.q input').setValue('yxf')
    await flushPromises()
    expect(wrapper.text()).toContain('没找到「yxf」')
    await press('看全部')
    expect(wrapper.findAll('tbody .name')).toHaveLength(5)
    expect(wrapper.get<HTMLInputElement>('.q input').element.value).toBe('')
  })

  it('shows only the doubtful ones on demand, and the doubt as a tag', async () => {
    const b = village()
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    expect(wrapper.text()).toContain('身份证号存疑')
    await press('只看存疑 1')
    expect(b.of('roster.query').at(-1)).toMatchObject({ doubt_only: true })
    expect(wrapper.findAll('tbody .name').map((n) => n.text())).toEqual(['蒲大春'])
    expect(wrapper.get('.sel.on').attributes('aria-pressed')).toBe('true')
  })

  it('keeps search and filters when one comes back from a card', async () => {
    village()
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    await wrapper.get('.q input').setValue('李')
    await flushPromises()
    const { useRosterList } = await import('./rosterList')
    expect(useRosterList().request.search).toBe('李')
  })

  it('sorts by the head of a column, and turns the order when pressed again', async () => {
    const b = village()
    await show(RosterPage, { at: '/roster' })
    await press('年龄')
    expect(b.of('roster.query').at(-1)).toMatchObject({ sort: 'age', descending: false })
    await press('年龄')
    expect(b.of('roster.query').at(-1)).toMatchObject({ sort: 'age', descending: true })
  })

  it('puts those selected into another group as one act, after showing what becomes of each', async () => {
    const b = village()
    await show(RosterPage, { at: '/roster' })
    for (const i of [0, 1]) {
      boxes()[i]?.click()
      await flushPromises()
    }
    expect(document.querySelector('.picked-bar')?.textContent).toContain('已选 2')
    await press('改小组')
    const dialog = document.querySelector('[role=dialog]') as HTMLElement
    await press('改 2', dialog)
    expect(b.of('member.regroup')).toEqual([])
    expect(dialog.textContent).toContain('还没选改到哪个小组。')
    const option = [...document.querySelectorAll<HTMLElement>('.el-select-dropdown__item')].find((o) => o.textContent?.includes('第二小组'))
    option?.click()
    await flushPromises()
    expect(dialog.textContent).toContain('第一小组 → 第二小组')
    expect(dialog.textContent).toContain('本来就在这个小组')
    await press('改到第二小组', dialog)
    expect(b.of('member.regroup')).toEqual([{ ids: [someRows[0]?.id], party_group: '第二小组' }])
  })

  it('writes those selected to a table, covered; whole numbers only for a purpose', async () => {
    const b = village()
    await show(RosterPage, { at: '/roster' })
    saving('/tmp/名册.xlsx')
    boxes()[2]?.click()
    await flushPromises()
    await press('导出这')
    expect(b.of('roster.export')).toEqual([{ out: '/tmp/名册.xlsx', unmasked: false, purpose: null, ids: [someRows[2]?.id] }])
    expect(document.body.textContent).toContain('号码都遮着')
    await press('要带全号的')
    const dialog = [...document.querySelectorAll<HTMLElement>('[role=dialog]')].find((d) => d.textContent?.includes('带全号')) as HTMLElement
    await press('的全号', dialog)
    expect(b.of('roster.export')).toHaveLength(1)
    expect(dialog.textContent).toContain('还没写做什么用。')
    const why = dialog.querySelector('input') as HTMLInputElement
    why.value = '核对医保'
    why.dispatchEvent(new Event('input'))
    await press('的全号', dialog)
    expect(b.of('roster.export').at(-1)).toMatchObject({ unmasked: true, purpose: '核对医保' })
  })

  it('asks once where a table goes, also when pressed again while it asks', async () => {
    const b = village()
    await show(RosterPage, { at: '/roster' })
    const asked: ((path: string | null) => void)[] = []
    setPathAsker(() => new Promise((answer) => asked.push(answer)))
    await press('导出')
    await press('导出')
    expect(asked).toHaveLength(1)
    for (const answer of asked) answer('/tmp/名册.xlsx')
    await flushPromises()
    expect(b.of('roster.export')).toHaveLength(1)
  })

  it('says what to do while nobody is in it', async () => {
    village([])
    const { wrapper } = await show(RosterPage, { at: '/roster' })
    expect(wrapper.text()).toContain('还没有人')
    expect(wrapper.text()).toContain('把旧表格拖进来')
  })
})
