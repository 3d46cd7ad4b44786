import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import type { Letters, Organisation, Stick, StickFile, StickState, StoreStatus } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { filesOpened } from '@/seat/opened'
import { findings, show } from '@/testing/mount'
import StickPage from './StickPage.vue'

vi.mock('@/api/files', () => ({ pickFile: async () => '/usb/申请.yuanba-request', saveFile: async () => '/usb/out', pickFolder: async () => '/srv/交接' }))

const aStick = (change: Partial<Stick> = {}): Stick => ({ path: '/usb', name: '村务1号', free_bytes: 3_435_973_836, bundles: 2, ...change })
const files: StickFile[] = [
  { file: '柳坝镇-20260611.yuanba', status: 'read', new: 9, from: '柳坝镇', from_org: null, text: '镇里的回执，31条都收到了。', code: null, written_at: null, clock_odd: false, what: '' },
  { file: '茶园村-20260601.yuanba', status: 'refused', new: 0, from: null, from_org: null, text: '没读进来：文件坏了一截。村里的数据一条也没动。请他们再写一个。', code: 'damaged', written_at: null, clock_odd: false, what: '' },
]
const aLine = { outcome: null, code: null, org: null, org_name: null, written_at: null, clock_odd: false, what: '' }
const org = (id: string, name: string, parent: string | null): Organisation => ({ id, name, level: 'village', parent, replicas: 1, absorbed_into: null, last_heard: null })

function office(change: { status?: Partial<StoreStatus>; sticks?: () => Stick[]; state?: Partial<StickState>; orgs?: Organisation[]; fail?: 'read' | 'cancelled' } = {}) {
  let job = ''
  return bridge({
    'store.status': () => aVillage(change.status),
    'stick.find': () => (change.sticks ?? (() => [aStick()]))(),
    'stick.state': () => ({ to: { id: '2'.repeat(32), name: '柳坝镇' }, waiting: 12, streams: 2, log: [{ at: '2026-06-03T10:00:00+08:00', direction: 'written', file: 'a.yuanba', new: 31, status: '给柳坝镇', ...aLine }], ...change.state }),
    'org.list': () => change.orgs ?? [],
    'stick.read': () => ({ job: (job = 'read') }),
    'stick.write': () => ({ job: (job = 'write') }),
    'job.status': () => {
      if (change.fail === 'cancelled') return { done: 1, total: 2, text: '', finished: true, result: null, error: { code: 'cancelled', message: '停下了。', next_step: '', field: null } }
      if (change.fail === 'read' && job === 'read') return { done: 0, total: 1, text: '', finished: true, result: null, error: { code: 'damaged', message: 'U盘拔早了。村里的数据没有动。', next_step: '插回去再读一次。', field: null } }
      const result = job === 'read' ? { files, new: 9, conflicts: 1 } : { file: '青石桥村-20260612.yuanba', changes: 12, bytes: 49_152, to_name: '柳坝镇', what: [{ text: '手记3篇', detail: null }] }
      return { done: 2, total: 2, text: '', finished: true, result, error: null }
    },
    'enrol.request': (r) => ({ path: r.out, org: { id: '1'.repeat(32), name: '青石桥村' } }),
    'enrol.accept': () => {
      throw refusal('refused', '这个授权是给石门村的，这里读不了。数据没有动。', '请镇里重新写一个。')
    },
    'enrol.grant': (r) => ({ path: r.out, child: { id: '3'.repeat(32), name: '茶园村' }, parent: { id: '2'.repeat(32), name: '柳坝镇' }, absorbed_into: null, repeated: false }),
  })
}
const open = (at = '/stick') => show(StickPage, { at })
type Wrapper = Awaited<ReturnType<typeof open>>['wrapper']
const main = async (w: Wrapper) => {
  await w.get('.main-act').trigger('click')
  await flushPromises()
}
const step = (w: Wrapper) => w.get('.steps .now').text()

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it('every step is sound for readers and has one main button', async () => {
    office({ status: { letters } })
    const { wrapper } = await open()
    for (const n of [2, 3, 4]) {
      expect(step(wrapper)).toContain(String(n))
      expect(await findings()).toEqual([])
      expect(document.querySelectorAll('.main-act')).toHaveLength(1)
      await main(wrapper)
    }
  })
  it.each(['village', 'township'] as const)('joining is sound for readers in a %s', async (level) => {
    office({ status: { letters, level, parent: null }, orgs: [org('3', '茶园村', '1'.repeat(32))] })
    await open('/stick?view=enrol')
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('handing over by stick', () => {
  it('waits for a stick and sees it by itself', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let here: Stick[] = []
    office({ sticks: () => here })
    const { wrapper } = await open()
    expect(step(wrapper)).toContain('插上')
    here = [aStick()]
    await vi.advanceTimersByTimeAsync(2000)
    await flushPromises()
    expect(step(wrapper)).toContain('读带回的')
    expect(wrapper.get('.head p').text().replaceAll('\u00a0', ' ')).toBe('U 盘「村务 1 号」，还有 3.2 GB 空。交给柳坝镇。')
    vi.useRealTimers()
  })

  it('asks which, when several are plugged in', async () => {
    office({ sticks: () => [aStick(), aStick({ path: '/usb2', name: '别的' })] })
    const { wrapper } = await open()
    expect(step(wrapper)).toContain('插上')
    await wrapper.findAll('.many .btn')[1]?.trigger('click')
    expect(wrapper.get('.head').text()).toContain('「别的」')
  })

  it('says in words what was read, what was refused and why, and what was written', async () => {
    const b = office()
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.text()).toContain('文件坏了一截。村里的数据一条也没动。请他们再写一个。')
    expect(wrapper.text()).toContain('1\u00a0件存疑，要您来定')
    expect(wrapper.text()).toContain('读进来 9\u00a0条，1\u00a0个文件没读进来。')
    expect(wrapper.get('.main-act').text()).toBe('写要带去的：12\u00a0条')
    await main(wrapper)
    expect(b.of('stick.write')).toEqual([{ dir: '/usb', to: null }])
    expect(wrapper.text()).toContain('青石桥村-20260612.yuanba')
    await main(wrapper)
    expect(wrapper.text()).toContain('可以拔了。')
    expect(wrapper.get('.main-act').text()).toBe('办完了，回今天')
  })

  it('takes its own file on the stick for what it is, not for a wrong one', async () => {
    office({ state: { log: [{ at: '2026-06-03T10:00:00+08:00', direction: 'written', file: '茶园村-20260601.yuanba', new: 31, status: '给柳坝镇', ...aLine }] } })
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.text()).toContain('这是这台电脑写出去的')
    expect(wrapper.text()).toContain('读进来 9\u00a0条，没有坏的。')
    expect(wrapper.find('.two .st.fail').exists()).toBe(false)
  })

  it('says three things when reading failed, and offers to read again', async () => {
    office({ fail: 'read' })
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.get('[role=alert]').text()).toContain('村里的数据没有动。')
    expect(wrapper.get('[role=alert]').text()).toContain('插回去再读一次。')
    expect(wrapper.get('.main-act').text()).toBe('再读一次')
  })

  it('says that nothing is lost when it was stopped', async () => {
    office({ fail: 'cancelled' })
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
    expect(wrapper.text()).toContain('停下了。什么都没丢')
  })

  it('leads to joining when there is nobody to write for', async () => {
    office({ status: { parent: null }, state: { to: null }, sticks: () => [aStick({ bundles: 0 })] })
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.text()).toContain('还没和上级接上')
    expect(wrapper.get('.main-act').text()).toBe('去接上')
  })

  it('writes at a township for the village whose stick it is', async () => {
    const own = '1'.repeat(32)
    const b = office({ status: { level: 'township', parent: null }, state: { to: null }, orgs: [org('3', '茶园村', own), org('4', '柳坝镇', own)] })
    const { wrapper } = await open()
    await main(wrapper)
    expect(wrapper.get('.main-act').text()).toBe('写给柳坝镇')
    await main(wrapper)
    expect(b.of('stick.write')).toEqual([{ dir: '/usb', to: '4' }])
  })
})

describe('a file that was opened by a double click', () => {
  it('is read by itself, and the stick that is in keeps its own turn', async () => {
    const b = office()
    filesOpened(['/usb/柳坝镇-20260611.yuanba'])
    const { wrapper } = await open()
    await flushPromises()
    expect(b.of('stick.read')).toEqual([{ path: '/usb/柳坝镇-20260611.yuanba' }])
    expect(wrapper.text()).toContain('镇里的回执')
    expect(step(wrapper)).toContain('读带回的')
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })

  it('is taken as the grant at the press that would ask for one, and only then', async () => {
    const b = office({ status: { parent: null } })
    filesOpened(['/usb/授权.yuanba-grant'])
    const { wrapper } = await open('/stick?view=enrol')
    expect(wrapper.text()).toContain('打开了授权.yuanba-grant')
    expect(b.of('enrol.accept')).toEqual([])
    await wrapper.findAll('.in2 .btn:not(.main-act)')[0]?.trigger('click')
    await flushPromises()
    expect(b.of('enrol.accept')).toEqual([{ file: '/usb/授权.yuanba-grant' }])
    expect(wrapper.text()).not.toContain('打开了授权.yuanba-grant')
  })

  it('is granted when it is a request, and a village is told where to take it', async () => {
    const b = office({ status: { level: 'township' } })
    filesOpened(['/usb/茶园村-申请.yuanba-request'])
    const { wrapper } = await open('/stick?view=enrol')
    await main(wrapper)
    expect(b.of('enrol.grant')).toEqual([{ request: '/usb/茶园村-申请.yuanba-request', out: '/usb/out', org: null }])
    wrapper.unmount()

    office({ status: { level: 'village', parent: null } })
    filesOpened(['/usb/茶园村-申请.yuanba-request'])
    expect((await open('/stick?view=enrol')).wrapper.text()).toContain('要拿到上级的电脑上打开')
  })
})

describe('joining the offices above and below', () => {
  it('writes a request, and says where it lies', async () => {
    const b = office({ status: { parent: null } })
    const { wrapper } = await open('/stick?view=enrol')
    await main(wrapper)
    expect(b.of('enrol.request')).toEqual([{ out: '/usb/out' }])
    expect(wrapper.text()).toContain('/usb/out')
  })

  it('says three things of a grant that is for somebody else', async () => {
    office({ status: { parent: null } })
    const { wrapper } = await open('/stick?view=enrol')
    await wrapper.findAll('.in2 .btn:not(.main-act)')[0]?.trigger('click')
    await flushPromises()
    expect(wrapper.get('[role=alert]').text()).toContain('数据没有动。')
    expect(wrapper.get('[role=alert]').text()).toContain('请镇里重新写一个。')
  })

  it('grants a request that was brought', async () => {
    const b = office({ status: { level: 'township' } })
    const { wrapper } = await open('/stick?view=enrol')
    await main(wrapper)
    expect(b.of('enrol.grant')).toEqual([{ request: '/usb/申请.yuanba-request', out: '/usb/out', org: null }])
    expect(wrapper.text()).toContain('给茶园村的授权写好了')
  })
})
