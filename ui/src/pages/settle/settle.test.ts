import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Conflict, Letters } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import SettlePage from './SettlePage.vue'
import { cutDiffering } from './differing'

const conflict = (id: string, label: string, values: string[], change: Partial<Conflict> = {}): Conflict => ({
  id, kind: 'field', record: 'r1', record_title: '蒲大春', field: id, label,
  sides: values.map((value, i) => ({ side: 'ABC'[i] ?? '', value, who: ['周晓雯', '罗永福', '王秀英'][i] ?? '', org_name: '青石桥村', at: `2026-06-0${8 + (i % 2)}T09:05:00+08:00` })), ...change,
})
const two = [conflict('phones', '手机', ['137****0208', '152****0931']), conflict('id_number', '证件号码', ['511722********0013', '511722********0031'])]
const done = { group: 'g', text: '定了蒲大春的手机', at: '2026-06-12T10:00:00+08:00' }

function office(change: { conflicts?: Conflict[]; letters?: Letters; failAt?: string } = {}) {
  let all = change.conflicts ?? two
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal' }),
    'conflict.list': () => all,
    'conflict.resolve': (r) => {
      if (r.id === change.failAt) throw refusal('refused', '这一处别人刚定过，没有再定。')
      all = all.filter((c) => c.id !== r.id)
      return { done }
    },
  })
}
const open = () => show(SettlePage, { at: '/settle' })

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([['two versions', two], ['three versions', [conflict('phones', '手机', ['1', '2', '3']), ...two]], ['nothing', []]])('%s are sound for readers and have one main button', async (_name, conflicts) => {
    office({ letters, conflicts })
    await open()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('settling', () => {
  it('chooses nothing beforehand, and sends only what was chosen', async () => {
    const b = office()
    const { wrapper } = await open()
    expect(wrapper.findAll('td.on')).toHaveLength(0)
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没定一处。')
    await wrapper.findAll('td button')[1]?.trigger('click')
    expect(wrapper.text()).toContain('还剩 1\u00a0处')
    expect(wrapper.get('.main-act').text()).toBe('存下定好的 1\u00a0处')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('conflict.resolve')).toEqual([{ id: 'phones', take: 'B' }])
  })

  it('keeps what could not be saved chosen, and says why', async () => {
    const b = office({ failAt: 'id_number' })
    const { wrapper } = await open()
    await wrapper.findAll('td button')[0]?.trigger('click')
    await wrapper.findAll('td button')[2]?.trigger('click')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('conflict.resolve')).toHaveLength(2)
    expect(wrapper.get('[role=alert]').text()).toContain('别人刚定过')
    expect(wrapper.findAll('td.on')).toHaveLength(1)
  })

  it('goes from value to value by the arrow keys', async () => {
    office()
    const { wrapper } = await open()
    const buttons = wrapper.findAll<HTMLButtonElement>('td button')
    buttons[0]?.element.focus()
    await buttons[0]?.trigger('keydown', { key: 'ArrowRight' })
    expect(document.activeElement).toBe(buttons[1]?.element)
    await buttons[1]?.trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(buttons[3]?.element)
  })

  it('goes to the next record, and says how many there are still', async () => {
    office({ conflicts: [...two, conflict('name', '姓名', ['李国强', '李国祥'], { record: 'r2', record_title: '李国强' })] })
    const { wrapper } = await open()
    expect(wrapper.get('h1').text()).toBe('不一致：蒲大春')
    await wrapper.findAll('.foot .btn')[1]?.trigger('click')
    expect(wrapper.get('h1').text()).toBe('不一致：李国强')
  })
})

describe('marking what differs', () => {
  it('puts a value together again, whatever it is compared with', () => {
    const values = ['511722197501030013', '511722197501300013', '2003-12', '2004-01-05', '', '何玉兰', '䶮', '😀一', '😀二', 'aaaa', 'aaa']
    for (const value of values) for (const other of values) {
      const { before, differs, after } = cutDiffering(value, [value, other])
      expect(before + differs + after).toBe(value)
      if (value === other) expect(differs).toBe('')
    }
  })

  it('points at the two figures that were exchanged', () => {
    expect(cutDiffering('511722197501030013', ['511722197501300013'])).toEqual({ before: '511722197501', differs: '03', after: '0013' })
    expect(cutDiffering('2003-12', ['2004-01-05']).differs).toBe('2003-12')
  })
})
