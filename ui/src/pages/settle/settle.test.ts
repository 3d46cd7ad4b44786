import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Conflict, ConflictSide, Letters, OpenDoubt, StoreStatus } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import SettlePage from './SettlePage.vue'
import { columns, together } from './choosing'
import { pieces } from './differing'

afterEach(() => vi.useRealTimers())

const hands = [
  { who: '周晓雯', org_name: '青石桥村', laptop: 'A', mine: true, at: '2026-06-08T16:20:00+08:00' },
  { who: '罗永福', org_name: '青石桥村', laptop: 'B', mine: false, at: '2026-06-09T09:05:00+08:00' },
  { who: '邓长青', org_name: '柳坝镇', laptop: 'A', mine: false, at: '2026-06-09T10:00:00+08:00' },
]
const side = (id: string, value: string, i: number, change: Partial<ConflictSide> = {}): ConflictSide => ({
  side: 'ABC'[i] ?? '', key: `${id}-${i}`, act: '', value, note: null, clock_odd: false, shows: i === 0, ...(hands[i] ?? hands[2]!), ...change,
})
const conflict = (id: string, label: string, values: string[], change: Partial<Conflict> = {}): Conflict => ({
  id, kind: 'field', record: 'r1', record_title: '蒲大春', noun: '党员', org: 'o1', org_name: '青石桥村', field: id, label, about: null,
  covered: false, by_hand: false, agree: 21, sides: values.map((value, i) => side(id, value, i)), ...change,
})
const number = conflict('id_number', '证件号码', ['511722******030013', '511722******300013'], {
  covered: true, by_hand: true,
  sides: [side('id_number', '511722******030013', 0, { note: '校验码对' }), side('id_number', '511722******300013', 1, { note: '校验码不对，可能写反了两位' })],
})
const two = [conflict('job', '工作岗位', ['村医', '教师']), number]
const aDoubt = (change: Partial<OpenDoubt> = {}): OpenDoubt => ({
  id: 'd1', kind: 'written_while_void', record: 'r9', org: 'o1', org_name: '青石桥村', title: '冯有才', text: '一台电脑作废它的时候，别的电脑正好改过它。', next_step: '定它还是作废，还是取回来。', route: '/roster/r9', ...change,
})

function office(change: { conflicts?: Conflict[]; doubts?: OpenDoubt[]; letters?: Letters; failAt?: string; status?: Partial<StoreStatus>; draft?: unknown } = {}) {
  let all = change.conflicts ?? two
  const settled: Record<string, Conflict> = {}
  const answers = bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal', ...change.status }),
    'conflict.list': () => all,
    'conflict.doubts': () => change.doubts ?? [],
    'conflict.resolve': (r) => {
      if (r.id === change.failAt) throw refusal('refused', '这一处别人刚定过，没有再定。')
      const found = all.find((c) => c.id === r.id)
      if (found) settled[`g-${r.id}`] = found
      all = all.filter((c) => c.id !== r.id)
      return { done: { group: `g-${r.id}`, text: `定了蒲大春的${r.id}`, at: '2026-06-12T10:00:00+08:00' } }
    },
    'conflict.resolve_many': (r) => {
      const ids = r.choices.map((c) => c.id)
      all = all.filter((c) => !ids.includes(c.id))
      return { done: { group: 'many', text: '一起定了', at: '2026-06-12T10:00:00+08:00' } }
    },
    'conflict.unmask': () => [{ key: 'id_number-0', value: '511722197501030013' }, { key: 'id_number-1', value: '511722197501300013' }],
    'conflict.settle_void': () => ({ done: { group: 'v', text: '取回了', at: '2026-06-12T10:00:00+08:00' } }),
    'undo.group': (r) => {
      const back = settled[r.group]
      if (back) all = [back, ...all]
      return { done: { group: 'u', text: '撤销了', at: '2026-06-12T10:01:00+08:00' }, left: [] }
    },
    'draft.get': (r) => ({ key: r.key, body: (change.draft ?? null) as never, at: change.draft ? '2026-06-12T09:00:00+08:00' : null }),
    'draft.put': (r) => ({ key: r.key, at: '2026-06-12T10:00:00+08:00' }) as never,
    'draft.drop': () => ({}),
  })
  return { ...answers, now: (next: Conflict[]) => (all = next) }
}
const open = async (at = '/settle') => {
  const shown = await show(SettlePage, { at })
  await flushPromises()
  return shown
}
type Wrapper = Awaited<ReturnType<typeof open>>['wrapper']
const press = async (w: Wrapper, selector: string, at = 0) => {
  await w.findAll(selector)[at]?.trigger('click')
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([
    ['two hands', two, '/settle'], ['three hands', [conflict('name', '姓名', ['李国强', '李国祥', '李国翔']), ...two], '/settle'], ['nothing', [], '/settle'], ['doubts', two, '/settle?view=doubts'],
  ])('%s are sound for readers and have at most one main button', async (_name, conflicts, at) => {
    office({ letters, conflicts, doubts: [aDoubt(), aDoubt({ id: 'd2', kind: 'frozen', route: null })] })
    await open(at)
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act').length).toBeLessThanOrEqual(1)
  })
})

describe('settling', () => {
  it('chooses nothing beforehand, and sends only what was chosen, by its key', async () => {
    const b = office()
    const { wrapper } = await open()
    expect(wrapper.findAll('td.on')).toHaveLength(0)
    await press(wrapper, '.main-act')
    expect(wrapper.text()).toContain('还没定一处。')
    await press(wrapper, 'td button', 1)
    expect(wrapper.text()).toContain('还剩 1\u00a0处')
    expect(wrapper.get('.main-act').text()).toBe('存下定好的 1\u00a0处')
    await press(wrapper, '.main-act')
    expect(b.of('conflict.resolve')).toEqual([{ id: 'job', take: 'job-1' }])
  })

  it('shows two ID numbers so that one sees where they differ, and says what can be said of each', async () => {
    office()
    const { wrapper } = await open()
    const cells = wrapper.findAll('tbody tr')[1]!
    expect(cells.findAll('mark').map((m) => m.text())).toEqual(['03', '30'])
    expect(cells.text()).toContain('校验码不对，可能写反了两位')
    expect(wrapper.text()).toContain('证件号码机器不替您定')
  })

  it('shows whole numbers for a purpose, says so, and covers them again with the next record', async () => {
    const b = office({ conflicts: [...two, conflict('name', '姓名', ['李国强', '李国祥'], { record: 'r2', record_title: '李国强' })] })
    const { wrapper } = await open()
    await press(wrapper, '.both .btn')
    const input = document.querySelector<HTMLInputElement>('.el-dialog input')!
    input.value = '定不一致'
    input.dispatchEvent(new Event('input'))
    await flushPromises()
    document.querySelectorAll<HTMLButtonElement>('.el-dialog .ways .btn')[0]?.click()
    await flushPromises()
    expect(b.of('conflict.unmask')).toEqual([{ id: 'id_number', purpose: '定不一致' }])
    expect(wrapper.text()).toContain('511722197501030013')
    expect(wrapper.text()).toContain('用途「定不一致」')
    await press(wrapper, '.foot .btn', 1)
    await press(wrapper, '.foot .btn', 0)
    expect(wrapper.text()).not.toContain('511722197501030013')
  })

  it('offers to take back each choice that was saved', async () => {
    const b = office()
    const { wrapper } = await open()
    await press(wrapper, 'td button', 0)
    await press(wrapper, '.main-act')
    expect(wrapper.get('.settled').text()).toContain('定了：村医')
    expect(wrapper.text()).toContain('还剩 1\u00a0处')
    await press(wrapper, '.settled button')
    expect(b.of('undo.group')).toEqual([{ group: 'g-job' }])
    expect(wrapper.find('.settled').exists()).toBe(false)
    expect(wrapper.findAll('tbody tr')).toHaveLength(2)
  })

  it('keeps what could not be saved chosen, and says why', async () => {
    const b = office({ failAt: 'id_number' })
    const { wrapper } = await open()
    await press(wrapper, 'td button', 0)
    await press(wrapper, 'td button', 2)
    await press(wrapper, '.main-act')
    expect(b.of('conflict.resolve')).toHaveLength(2)
    expect(wrapper.get('[role=alert]').text()).toContain('别人刚定过')
    expect(wrapper.findAll('td.on')).toHaveLength(1)
  })

  it('goes from value to value by the arrow keys and chooses on the way, but never an ID number', async () => {
    office()
    const { wrapper } = await open()
    const buttons = wrapper.findAll<HTMLButtonElement>('td button')
    buttons[0]?.element.focus()
    await buttons[0]?.trigger('keydown', { key: 'ArrowRight' })
    expect(document.activeElement).toBe(buttons[1]?.element)
    expect(buttons[1]?.attributes('aria-pressed')).toBe('true')
    await buttons[1]?.trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(buttons[3]?.element)
    await buttons[3]?.trigger('keydown', { key: 'ArrowLeft' })
    expect(document.activeElement).toBe(buttons[2]?.element)
    expect(buttons[2]?.attributes('aria-pressed')).toBe('false')
  })

  it('goes on where one was, with what was chosen', async () => {
    const other = conflict('name', '姓名', ['李国强', '李国祥'], { record: 'r2', record_title: '李国强' })
    office({ conflicts: [...two, other], draft: { at: 'r2', taken: { name: 'name-1' } } })
    const { wrapper } = await open()
    expect(wrapper.get('h1').text()).toBe('不一致：李国强')
    expect(wrapper.findAll('td.on')).toHaveLength(1)
  })

  it('keeps what is chosen while one is away, and nothing when nothing is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const b = office()
    const { wrapper } = await open()
    await vi.advanceTimersByTimeAsync(10)
    await press(wrapper, 'td button', 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(b.of('draft.put')).toEqual([{ key: 'settle:choices', body: { at: 'r1', taken: { job: 'job-1' } } }])
    await press(wrapper, 'td button', 1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(b.of('draft.put')).toHaveLength(1)
    expect(b.of('draft.drop').length).toBeGreaterThan(0)
  })

  it('follows what is settled elsewhere while it stands open, and asks again where another value has come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const b = office({ conflicts: [conflict('party_group', '党小组', ['一组', '二组']), ...two] })
    const { wrapper } = await open()
    await press(wrapper, 'td button', 1)
    await press(wrapper, 'td button', 3)
    b.now([conflict('job', '工作岗位', ['村医', '会计'], { sides: [side('job', '村医', 0), side('job', '会计', 1, { key: 'newer' })] }), number])
    await vi.advanceTimersByTimeAsync(6000)
    await flushPromises()
    expect(wrapper.findAll('tbody tr')).toHaveLength(2)
    expect(wrapper.findAll('td.on')).toHaveLength(0)
    expect(wrapper.text()).toContain('有 1\u00a0处别处已经定了')
    expect(wrapper.text()).toContain('有 1\u00a0处又来了新的写法')
  })

  it('goes to the next record, and says how many there are still', async () => {
    office({ conflicts: [...two, conflict('name', '姓名', ['李国强', '李国祥'], { record: 'r2', record_title: '李国强' })] })
    const { wrapper } = await open()
    expect(wrapper.get('h1').text()).toBe('不一致：蒲大春')
    expect(wrapper.text()).toContain('下一件，还有 1\u00a0件')
    await press(wrapper, '.foot .btn', 1)
    expect(wrapper.get('h1').text()).toBe('不一致：李国强')
  })

  it('says when a clock was odd, and which value shows now', async () => {
    const odd = conflict('job', '工作岗位', ['村医', '教师'], { sides: [side('job', '村医', 0), side('job', '教师', 1, { clock_odd: true, at: '1970-01-03T10:00:00+08:00' })] })
    office({ conflicts: [odd] })
    const { wrapper } = await open()
    const cells = wrapper.findAll('td')
    expect(cells[0]?.text()).toContain('现在显示')
    expect(cells[1]?.text()).toContain('钟不准')
  })

  it('lets a void record that was written to be taken back', async () => {
    const b = office({ doubts: [aDoubt()] })
    const { wrapper } = await open('/settle?view=doubts')
    await press(wrapper, '.list .btn', 1)
    expect(b.of('conflict.settle_void')).toEqual([{ record: 'r9', void: false }])
  })
})

describe('many rows of one import', () => {
  const rows = ['王秀英', '李国强', '冯有才'].map((name, i) => conflict(`education${i}`, '学历', ['初中', '高中'], {
    record: name, record_title: name, sides: [side(`education${i}`, '初中', 0, { act: `own${i}` }), side(`education${i}`, '高中', 2, { act: 'import' })],
  }))
  const id = { ...number, record: '王秀英', sides: number.sides.map((s, i) => ({ ...s, act: i === 1 ? 'import' : 'x' })) }

  it('are offered together without their ID numbers', () => {
    const [found] = together([...rows, id])
    expect(found?.act).toBe('import')
    expect(found?.conflicts.map((c) => c.id)).toEqual(['education0', 'education1', 'education2'])
    expect(found?.ids).toBe(1)
    expect(together(rows.slice(0, 2))).toEqual([])
  })

  it('are shown before they are settled, and settled as one act', async () => {
    const b = office({ conflicts: [...rows, id] })
    const { wrapper } = await open('/settle?view=together&act=import')
    expect(wrapper.text()).toContain('证件号码 1\u00a0处要一个一个对着身份证定')
    await press(wrapper, '.main-act')
    expect(wrapper.text()).toContain('先选全部用哪一边的')
    expect(b.of('conflict.resolve_many')).toEqual([])
    const ways = wrapper.findAll('[role=group] .btn')
    expect(ways.map((x) => x.text())).toEqual(['全部用柳坝镇的', '全部用青石桥村的'])
    await press(wrapper, '[role=group] .btn', 0)
    expect(wrapper.findAll('.will').map((x) => x.text())).toEqual(['高中', '高中', '高中'])
    expect(await findings()).toEqual([])
    await press(wrapper, '.main-act')
    expect(b.of('conflict.resolve_many')).toEqual([{ choices: rows.map((c) => ({ id: c.id, take: `${c.id}-2` })) }])
  })
})

describe('two columns', () => {
  it('stand where the same two computers wrote every field', () => {
    expect(columns(two)).toEqual(['青石桥村\nA\ntrue', '青石桥村\nB\nfalse'])
    expect(columns([conflict('name', '姓名', ['a', 'b', 'c'])])).toBeNull()
    expect(columns([...two, conflict('x', 'x', ['a', 'b'], { sides: [side('x', 'a', 0), side('x', 'b', 2)] })])).toBeNull()
  })
})

describe('marking what differs', () => {
  it('puts a value together again, whatever it is compared with', () => {
    const values = ['511722197501030013', '511722197501300013', '511722******300013', '2003-12', '2004-01-05', '', '何玉兰', '䶮', '😀一', '😀二', 'aaaa', 'aaa']
    for (const value of values) for (const other of values) {
      const cut = pieces(value, [value, other])
      expect(cut.map((p) => p.text).join('')).toBe(value)
      if (value === other) expect(cut.some((p) => p.differs)).toBe(false)
    }
  })

  it('points at the figures that were exchanged, wherever they stand', () => {
    const differing = (value: string, other: string) => pieces(value, [value, other]).filter((p) => p.differs).map((p) => p.text)
    expect(differing('511722197501030013', '511722197501300013')).toEqual(['03'])
    expect(differing('511722******030013', '521722******030014')).toEqual(['1', '3'])
    expect(differing('2003-12', '2004-01-05')).toEqual(['2003-12'])
  })
})
