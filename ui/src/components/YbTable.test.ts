import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { findings, show } from '@/testing/mount'
import type { Column, Sorting } from './columns'
import { showLetters } from './letters'
import YbTable from './YbTable.vue'

interface Person { id: string; name: string; age: number | null }
const COUNT = 40_000
const all = Array.from({ length: COUNT }, (_, i) => ({ id: `p${i}`, name: `村民${i}`, age: i % 5 ? i % 90 : null }))
const byId = new Map(all.map((p) => [p.id, p]))
const columns: Column<Person>[] = [
  { key: 'name', label: '姓名', priority: 1, width: 120, lead: true, sortable: true, value: (p) => p.name },
  { key: 'age', label: '年龄', priority: 2, width: 60, right: true, value: (p) => p.age },
  { key: 'home', label: '住处', priority: 3, width: 200, value: () => '本村' },
]

async function table(options: { ids?: string[] } = {}) {
  const fetched = vi.fn(async (ids: string[]) => ids.flatMap((id) => byId.get(id) ?? []))
  const selected = ref<ReadonlySet<string>>(new Set())
  const sorting = ref<Sorting | null>({ key: 'name', descending: false })
  const ids = ref(options.ids ?? all.map((p) => p.id))
  const opened: string[] = []
  const Page = defineComponent({
    setup: () => () =>
      h(
        // The generic part loses its type parameter in a render function.
        YbTable as never,
        {
          label: '花名册', ids: ids.value, rows: fetched, columns, selectable: true,
          selected: selected.value, 'onUpdate:selected': (v: ReadonlySet<string>) => (selected.value = v),
          sorting: sorting.value, 'onUpdate:sorting': (v: Sorting) => (sorting.value = v),
          onOpen: (id: string) => opened.push(id),
        },
        { picked: ({ count }: { count: number }) => h('b', `已选${count}人`), empty: () => '一个也没有' },
      ),
  })
  const { wrapper } = await show(Page, { seat: false })
  await flushPromises()
  const grid = wrapper.get('[role=grid]')
  const press = (key: string, init: KeyboardEventInit = {}) => grid.trigger('keydown', { key, ...init })
  return { wrapper, grid, press, fetched, selected, sorting, ids, opened }
}

describe('a list of forty thousand', () => {
  it('draws only what is in sight and asks only for that', async () => {
    const { wrapper, fetched } = await table()
    const drawn = wrapper.findAll('tbody tr[aria-rowindex]')
    expect(drawn.length).toBeGreaterThan(5)
    expect(drawn.length).toBeLessThan(60)
    expect(fetched.mock.calls.flat(2).length).toBeLessThan(120)
    expect(wrapper.text()).toContain('村民0')
    expect(wrapper.get('[role=grid]').attributes('aria-rowcount')).toBe(String(COUNT + 1))
  })

  it('asks for no row twice, and for all in sight again when the list changed', async () => {
    const { fetched, ids } = await table()
    const before = fetched.mock.calls.flat(2)
    expect(new Set(before).size).toBe(before.length)
    ids.value = [...ids.value].reverse()
    await flushPromises()
    expect(fetched.mock.calls.flat(2)).toContain(`p${COUNT - 1}`)
  })

  it('goes by keyboard: walk, open, select, extend, all, none', async () => {
    const { press, selected, opened, grid } = await table()
    await press('ArrowDown')
    await press('ArrowDown')
    await press('Enter')
    expect(opened).toEqual(['p2'])
    expect(document.getElementById(grid.attributes('aria-activedescendant') ?? '')?.textContent).toContain('村民2')
    await press(' ')
    expect([...selected.value]).toEqual(['p2'])
    await press('ArrowDown', { shiftKey: true })
    await press('ArrowDown', { shiftKey: true })
    expect([...selected.value]).toEqual(['p2', 'p3', 'p4'])
    await press('a', { ctrlKey: true })
    expect(selected.value.size).toBe(COUNT)
    await press('Escape')
    expect(selected.value.size).toBe(0)
  })

  it('hears no key while an input method composes', async () => {
    const { press, opened } = await table()
    await press('Enter', { isComposing: true })
    expect(opened).toEqual([])
  })

  it('puts the bar of the selected below the list, never over a row', async () => {
    const { press, wrapper } = await table()
    expect(wrapper.find('.picked-bar').exists()).toBe(false)
    await press(' ')
    const bar = wrapper.get('.picked-bar')
    expect(bar.text()).toContain('已选1人')
    expect(wrapper.get('.tblwrap').element.contains(bar.element)).toBe(false)
    await bar.findAll('button').at(-1)?.trigger('click')
    expect(wrapper.find('.picked-bar').exists()).toBe(false)
  })

  it('forgets the selection of rows that are no longer shown', async () => {
    const { press, selected, ids } = await table()
    await press(' ')
    ids.value = ids.value.slice(1)
    await flushPromises()
    expect(selected.value.size).toBe(0)
  })

  it('says an empty cell in a word and sorts from its head', async () => {
    const { wrapper, sorting } = await table()
    expect(wrapper.findAll('td.muted').map((td) => td.text())).toContain('没有')
    expect(wrapper.get('th[aria-sort]').attributes('aria-sort')).toBe('ascending')
    await wrapper.get('.sort').trigger('click')
    expect(sorting.value).toEqual({ key: 'name', descending: true })
  })

  it('shows in 大字版 the columns of the first priority alone', async () => {
    const { wrapper } = await table()
    expect(wrapper.findAll('th').map((th) => th.text())).toEqual(['', '姓名', '年龄'])
    showLetters('big')
    await flushPromises()
    expect(wrapper.findAll('th').map((th) => th.text())).toEqual(['', '姓名'])
  })

  it('is sound for readers, full and empty', async () => {
    const { wrapper } = await table()
    expect(await findings(wrapper.element)).toEqual([])
    const empty = await table({ ids: [] })
    expect(empty.wrapper.text()).toContain('一个也没有')
    expect(await findings(empty.wrapper.element)).toEqual([])
  })
})
