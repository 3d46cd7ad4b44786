import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Below, Letters, Stick, StickLog, StickRead, StoreStatus, Today, Unit } from '@/api/types'
import VillagesPage from '@/pages/villages/VillagesPage.vue'
import { aVillage, bridge } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import TodayPage from './TodayPage.vue'
import { absentInWords } from './absent'

vi.mock('@/api/files', () => ({ pickFolder: async () => '/srv/赶场', pickFile: async () => null, saveFile: async () => null }))
afterEach(() => vi.useRealTimers())

const unit = (id: string, name: string, change: Partial<Unit> = {}): Unit => ({
  id, name, computers: 1, state: 'absent', at: null, new: 0, what: '', clock_odd: false, reason: null, last_heard: null, days: null, unheard: true,
  doubts: 0, doubtful: 0, claims: 0, hand_back: 0, ...change,
})
const line = (change: Partial<StickLog>): StickLog => ({
  at: '2026-06-12T09:58:00+08:00', direction: 'read', file: 'a.yuanba', new: 0, status: '', outcome: 'read', code: null, org: null, org_name: null, written_at: null, clock_odd: false, what: '', ...change,
})
const bad = line({ outcome: 'refused', code: 'damaged', org: 'c', org_name: '茶园村', status: '没读进来：茶园村的文件坏了一截。镇里的数据一条也没动，茶园村那份也还在。请茶园村再写一个。' })
const market = (): Below => ({
  date: '2026-06-12', level: 'village', unheard_days: 14, to_decide: 3,
  units: [
    unit('a', '青石桥村', { state: 'read', at: '2026-06-12T10:48:00+08:00', new: 12, what: '手记 3 篇，代办 2 件', days: 0, unheard: false, hand_back: 4 }),
    unit('b', '双河村', { state: 'doubt', at: '2026-06-12T09:12:00+08:00', new: 8, doubts: 2, days: 0, unheard: false }),
    unit('c', '茶园村', { state: 'refused', at: '2026-06-12T09:58:00+08:00', reason: bad.status, days: 9, unheard: false }),
    unit('d', '凉风村', { days: 30 }), unit('e', '红岩村', { days: 9, unheard: false }), unit('f', '龙洞村', { days: 9, unheard: false }), unit('g', '新村'),
  ],
  decide: [{ id: 'conflicts:b', state: 'doubt', title: '双河村有 2 处写得不一致', detail: '冯有才、李国强', lateness: null, verb: '去定', route: '/settle?org=b' }],
  refused: [bad],
  today: [line({ at: '2026-06-12T10:48:00+08:00', org: 'a', org_name: '青石桥村', new: 12, what: '手记 3 篇，代办 2 件', written_at: '2026-06-12T08:00:00+08:00' }), bad],
})
const county = (): Below => ({
  ...market(), level: 'township', unheard_days: 7, refused: [], today: [],
  units: Array.from({ length: 54 }, (_, i) => unit(`t${i}`, `第${i}镇`, i < 46 ? { state: 'read', days: i % 5, unheard: false } : { days: i - 35 })),
})
const aDay: Today = { date: '2026-06-12', weekday: '星期五', lunar: null, sentence: '', late: [], today: [{ id: 'stick', state: 'open', title: '带 U 盘去县里', detail: '40 条还没上报', lateness: null, verb: '写 U 盘', route: '/stick' }], soon: [], quiet_courtyards: [], drafts: [], recent: [] }

function office(change: { below?: () => Below; letters?: Letters; status?: Partial<StoreStatus>; sticks?: () => Stick[]; read?: StickRead } = {}) {
  let job = ''
  return bridge({
    'store.status': () => aVillage({ level: 'township', letters: change.letters ?? 'normal', org: { id: 'town', name: '柳坝镇', place: null }, ...change.status }),
    'home.below': change.below ?? market,
    'home.today': () => aDay,
    'stick.find': () => (change.sticks ?? (() => []))(),
    'stick.state': () => ({ to: null, waiting: 0, streams: 1, log: [] }),
    'stick.log': () => [bad],
    'stick.read': () => ({ job: (job = 'read') }),
    'stick.write': (r) => ({ job: (job = `write ${r.to}`) }),
    'job.status': () => {
      const result = job === 'read' ? (change.read ?? { files: [], new: 0, conflicts: 0 }) : { file: 'b.yuanba', changes: 4, bytes: 900, to_name: job.endsWith(' a') ? '青石桥村' : '双河村', what: [] }
      return { done: 1, total: 1, text: '', finished: true, result, error: null }
    },
  })
}
const town = async () => {
  const shown = await show(TodayPage, { at: '/today' })
  await flushPromises()
  return shown
}
const aRead = (): StickRead => ({
  new: 12, conflicts: 0,
  files: [
    { file: '青石桥村-20260612.yuanba', status: 'read', new: 12, from: '青石桥村', from_org: 'a', text: '读进了青石桥村的 12 条。', code: null, written_at: '2026-06-12T08:00:00+08:00', clock_odd: false, what: '手记 3 篇' },
    { file: 'x.yuanba', status: 'refused', new: 0, from: null, from_org: null, text: '没读进来：对方的文件坏了一截。请对方再写一个。', code: 'damaged', written_at: null, clock_odd: false, what: '' },
  ],
})

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([['a township', market], ['a county', county], ['nobody below', () => ({ ...market(), units: [], decide: [], refused: [], today: [], to_decide: 0 })]])('%s is sound for readers and has one main button', async (_name, below) => {
    office({ letters, below })
    await town()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
  it('the list of villages too', async () => {
    office({ letters })
    await show(VillagesPage, { at: '/villages?id=c' })
    await flushPromises()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('a township on a market day', () => {
  it('says who came, what came, and what there is to decide', async () => {
    office()
    const { wrapper } = await town()
    expect(wrapper.get('.head p').text()).toContain('7\u00a0个村来了 3\u00a0个，读进来 20\u00a0条；3\u00a0件要定，1\u00a0个文件没读进。')
    const tiles = wrapper.findAll('.tiles .v').map((v) => v.text())
    expect(tiles[0]).toContain('读完，12\u00a0条')
    expect(tiles[0]).toContain('10:48')
    expect(tiles[1]).toContain('2\u00a0件要定')
    expect(tiles[2]).toContain('没读进来')
    expect(tiles[3]).toContain('上次交，30\u00a0天前')
    expect(tiles[6]).toContain('从没来过')
    expect(wrapper.text()).toContain('凉风村 30\u00a0天，红岩村、龙洞村 9\u00a0天，新村从没来过')
    expect(wrapper.text()).toContain('带 U 盘去县里')
  })

  it('keeps every village on its nail when only some are looked for', async () => {
    office()
    const { wrapper } = await town()
    const before = wrapper.findAll('.tiles .v').map((v) => v.text())
    await wrapper.findAll('.leg button')[1]?.trigger('click')
    expect(wrapper.findAll('.tiles .v').map((v) => v.text())).toEqual(before)
    expect(wrapper.findAll('.framed').map((v) => v.text())).toEqual([before[1]])
  })

  it('says what to do about a file that was not taken in', async () => {
    office()
    const { wrapper } = await town()
    const button = wrapper.findAll('.beside .btn').find((b) => b.text() === '怎么办')
    await button?.trigger('click')
    expect(wrapper.get('.beside').text()).toContain('请茶园村再写一个')
  })

  it('reads a stick, writes back what its village lacks, and waits for the next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    let plugged: Stick[] = [{ path: '/usb', name: '村务1号', free_bytes: 9, bundles: 2 }]
    let back = 4
    const below = () => ({ ...market(), units: market().units.map((u) => (u.id === 'a' ? { ...u, hand_back: back } : u)) })
    const b = office({ sticks: () => plugged, read: aRead(), below })
    const { wrapper } = await town()
    const press = async () => {
      await wrapper.get('.main-act').trigger('click')
      await vi.advanceTimersByTimeAsync(300)
      await flushPromises()
    }
    expect(wrapper.get('.main-act').text()).toBe('读「村务 1\u00a0号」上的 2\u00a0个文件')
    await press()
    expect(b.of('stick.read')).toEqual([{ path: '/usb' }])
    expect(wrapper.get('.strip').text()).toContain('青石桥村，新的 12\u00a0条')
    expect(wrapper.get('.strip').text()).toContain('请对方再写一个')
    expect(wrapper.get('.main-act').text()).toBe('写回给青石桥村：4\u00a0条')
    await press()
    expect(b.of('stick.write')).toEqual([{ dir: '/usb', to: 'a' }])
    expect(wrapper.get('.strip').text()).toContain('可以拔了')
    back = 4
    plugged = []
    await vi.advanceTimersByTimeAsync(2100)
    expect(wrapper.get('.strip').text()).toContain('拔出来了，插下一个')
    plugged = [{ path: '/usb', name: '双河', free_bytes: 9, bundles: 1 }]
    await vi.advanceTimersByTimeAsync(2100)
    expect(wrapper.get('.main-act').text()).toBe('读「双河」上的 1\u00a0个文件')
    expect(b.of('stick.read')).toHaveLength(1)
  })

  it('is asked for a folder where no stick is seen', async () => {
    const b = office({ read: aRead() })
    const { wrapper } = await town()
    expect(wrapper.get('.main-act').text()).toBe('读 U\u00a0盘')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('stick.read')).toEqual([{ path: '/srv/赶场' }])
  })
})

describe('a county', () => {
  it('hangs its townships on small nails and says who has not come for long', async () => {
    office({ below: county, status: { level: 'county' } })
    const { wrapper } = await town()
    expect(wrapper.get('h1').text()).toBe('今天，全县')
    expect(wrapper.get('.head p').text()).toBe('54\u00a0个乡镇，46\u00a0个这 7\u00a0天来过，8\u00a0个超过 7\u00a0天没来，第 53\u00a0镇最久，18\u00a0天。')
    expect(wrapper.findAll('.small .v')).toHaveLength(54)
    expect(wrapper.findAll('.small .late')).toHaveLength(8)
  })
})

describe('the list of villages', () => {
  it('writes for everybody who lacks something, one after the other, onto one stick', async () => {
    const two = () => ({ ...market(), units: market().units.map((u) => (u.id === 'b' ? { ...u, hand_back: 1 } : u)) })
    const b = office({ below: two })
    const { wrapper } = await show(VillagesPage, { at: '/villages' })
    await flushPromises()
    expect(wrapper.get('.main-act').text()).toBe('给 2\u00a0个村一个一个写')
    await wrapper.get('.main-act').trigger('click')
    await vi.waitFor(() => expect(wrapper.text()).toContain('写好了 2\u00a0个'))
    expect(b.of('stick.write')).toEqual([{ dir: '/srv/赶场', to: 'a' }, { dir: '/srv/赶场', to: 'b' }])
  })

  it('shows the sticks of the one that was chosen', async () => {
    const b = office()
    const { wrapper } = await show(VillagesPage, { at: '/villages?id=c' })
    await flushPromises()
    expect(b.of('stick.log')).toEqual([{ org: 'c', limit: 50 }])
    expect(wrapper.text()).toContain('茶园村的交接')
  })
})

it('names those who stayed away the longest first', () => {
  expect(absentInWords([unit('a', '甲村', { days: 3 }), unit('b', '乙村', { days: 30 }), unit('c', '丙村', { days: 3 })])).toBe('乙村 30\u00a0天，甲村、丙村 3\u00a0天')
})
