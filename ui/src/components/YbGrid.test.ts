import { mount } from '@vue/test-utils'
import { defineComponent, h, nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import { findings } from '@/testing/mount'
import { showLetters } from './letters'
import YbGrid from './YbGrid.vue'

const people = ['何玉兰', '李国强', '刘桂香'].map((name, i) => ({ id: `p${i}`, name, detail: '二组' }))
const rules = ['集中学习', '学习笔记', '学习心得', '三会一课'].map((name, i) => ({ id: `r${i}`, name, detail: '每次 2 分' }))

function grid() {
  const times = ref<Record<string, number>>({ 'p0/r0': 1 })
  const at = ref({ person: '', rule: '' })
  const pasted: unknown[] = []
  const Page = defineComponent({
    setup: () => () =>
      h(YbGrid, {
        label: '记积分', people, rules, times: times.value, notes: { 'p2/r0': '到顶，记 0 分' }, sums: { p0: 2, p1: -2 }, years: { p0: 21 },
        totals: { times: { r0: 1 }, sum: 2, year: 21 },
        onSet: (cells: { person: string; rule: string; times: number }[]) => {
          for (const c of cells) times.value = { ...times.value, [`${c.person}/${c.rule}`]: c.times }
        },
        onAt: (cell: { person: string; rule: string }) => (at.value = cell),
        onPaste: (cells: unknown, unread: unknown) => pasted.push([cells, unread]),
      }),
  })
  const wrapper = mount(Page, { attachTo: document.body })
  const box = wrapper.get('[role=grid]')
  const press = async (key: string, init: KeyboardEventInit = {}) => {
    await box.trigger('keydown', { key, ...init })
    await nextTick()
  }
  return { wrapper, box, press, times, at, pasted }
}

describe('the grid of points', () => {
  it('fills with figures, walks by Enter and Tab, clears by Delete', async () => {
    const { press, times, at } = grid()
    await press('2')
    await press('Enter')
    await press('3')
    await press('Tab')
    await press('1')
    expect(times.value).toMatchObject({ 'p0/r0': 2, 'p1/r0': 3, 'p1/r1': 1 })
    await press('Delete')
    expect(times.value['p1/r1']).toBe(0)
    await press('Enter', { shiftKey: true })
    await press('Tab', { shiftKey: true })
    expect(at.value).toEqual({ person: 'p0', rule: 'r0' })
  })

  it('repeats the cell above, and goes to the first and the last', async () => {
    const { press, times, at } = grid()
    await press('Enter')
    await press('d', { ctrlKey: true })
    expect(times.value['p1/r0']).toBe(1)
    await press('End', { ctrlKey: true })
    expect(at.value).toEqual({ person: 'p2', rule: 'r3' })
    await press('Home', { ctrlKey: true })
    expect(at.value).toEqual({ person: 'p0', rule: 'r0' })
  })

  it('takes two figures after F2 and gives back the old ones by Esc', async () => {
    const { press, times } = grid()
    await press('F2')
    await press('Backspace')
    await press('1')
    await press('2')
    await press('Enter')
    expect(times.value['p0/r0']).toBe(12)
    await press('ArrowUp')
    await press('F2')
    await press('9')
    await press('Escape')
    await press('Enter')
    expect(times.value['p0/r0']).toBe(12)
  })

  it('hears no figure while an input method composes', async () => {
    const { press, times } = grid()
    await press('5', { isComposing: true })
    expect(times.value['p0/r0']).toBe(1)
  })

  it('shows a pasted block to the page before anything is taken, cut to the grid', async () => {
    const { box, pasted, times } = grid()
    const event = new Event('paste', { bubbles: true, cancelable: true })
    Object.defineProperty(event, 'clipboardData', { value: { getData: () => '1\t2\t3\t4\t5\n到\n' } })
    box.element.dispatchEvent(event)
    expect(pasted).toEqual([[[1, 2, 3, 4].map((n, i) => ({ person: 'p0', rule: `r${i}`, times: n })), ['到']]])
    expect(times.value).toEqual({ 'p0/r0': 1 })
  })

  it('lets Tab leave at the last cell, so that nobody is caught in it', async () => {
    const { press, box } = grid()
    await press('End', { ctrlKey: true })
    const event = new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true })
    box.element.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(false)
  })

  it('shows three rules at a time in 大字版 and follows the cursor', async () => {
    showLetters('big')
    const { wrapper, press } = grid()
    const heads = () => wrapper.findAll('th').map((th) => th.text()).slice(1, -2)
    expect(heads()).toHaveLength(3)
    expect(wrapper.get('.turn').text()).toContain('还有 1')
    await press('End')
    expect(heads().join()).toContain('三会一课')
  })

  it('writes sums with their sign and is sound for readers', async () => {
    const { wrapper } = grid()
    expect(wrapper.findAll('.sum').map((td) => td.text())).toEqual(['+2', '−2', '0'])
    expect(await findings(wrapper.element)).toEqual([])
  })
})
