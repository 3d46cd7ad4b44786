import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AsideFound, JobStatus, Letters, StickLog, StoreStatus, SyncGlance, SyncPeer, SyncState } from '@/api/types'
import AppFrame from '@/frame/AppFrame.vue'
import FootExchange from '@/frame/FootExchange.vue'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import SyncPage from './SyncPage.vue'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const at = '2026-06-03T10:00:00+08:00'
const PRINT = '0A1B 2C3D 4E5F 6071 8293 A4B5 C6D7 E8F9'
const aPeer = (i: number, change: Partial<SyncPeer> = {}): SyncPeer => ({ org: String(i).padStart(32, '0'), name: `第${i}镇`, relation: 'below', laptops: 1, heard: at, lacks: i, ...change })
const aState = (change: Partial<SyncState> = {}): SyncState => ({
  hub: { url: 'https://hub.mingshui.example', fingerprint: PRINT, published: true },
  paused: false, running: false, waiting: 12, last_contact: at,
  last_try: { at, well: false, offline: true, text: '连不上县里的服务器。数据都在本机，照常能用。以后通了会自己再送。' },
  peers: [aPeer(1, { name: '柳坝镇', relation: 'above', lacks: 12 }), aPeer(2, { relation: 'own', laptops: 2, lacks: 0, heard: null })],
  parked: [{ org_name: '茶园村', laptop: 'B', missing: { from: 12, to: 15 }, pieces: 1, since: at }, { org_name: '石门村', laptop: null, missing: null, pieces: 2, since: at }],
  ...change,
})
const aGlance = (change: Partial<SyncGlance> = {}): SyncGlance => ({ has_hub: true, paused: false, running: false, waiting: 12, delivered: false, last_contact: at, offline: false, ...change })
const line = (change: Partial<StickLog>): StickLog => ({ at: new Date().toISOString(), direction: 'read', file: 'a.yuanba', new: 0, status: '', outcome: 'read', code: null, org: null, org_name: null, written_at: null, clock_odd: false, what: '', ...change })
const anAside: AsideFound = {
  total: 60,
  changes: [
    { org_name: '石河村', laptop: 'A', user: '罗永福', at, what: '党员', why: 'stopped' },
    { org_name: '石河村', laptop: null, user: null, at, what: '一笔账', why: 'no_certificate' },
  ],
}
const finished = (change: Partial<JobStatus>): JobStatus => ({ done: 0, total: null, text: '', finished: true, result: null, error: null, ...change })

interface Office { status?: Partial<StoreStatus>; state?: () => SyncState; glance?: () => SyncGlance; log?: StickLog[]; aside?: AsideFound; job?: () => JobStatus }
function office({ status, state, glance, log, aside, job }: Office = {}) {
  return bridge({
    'store.status': () => aVillage(status),
    'sync.glance': glance ?? (() => aGlance()),
    'sync.state': state ?? (() => aState()),
    'stick.log': () => log ?? [],
    'aside.list': () => aside ?? { total: 0, changes: [] },
    'sync.run': () => ({ job: '1' }),
    'sync.pause': () => ({}),
    'sync.look': (r) => {
      if (!r.url.startsWith('http')) throw refusal('wrong_usage', '这不是服务器的地址，没有联网。数据没有动。', '照着填一遍。', 'url')
      return { url: r.url, fingerprint: PRINT }
    },
    'sync.use': (r) => ({ ...r, published: false }),
    'job.status': job ?? (() => finished({ result: { text: '送出 12 条。' } })),
    'job.cancel': () => ({}),
  })
}
const open = () => show(SyncPage, { at: '/sync' })
const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const press = async (wrapper: Awaited<ReturnType<typeof open>>['wrapper'], words: string) => {
  const found = wrapper.findAll('button').find((b) => b.text().includes(words))
  if (!found) throw new Error(`no button ${words}`)
  await found.trigger('click')
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([
    ['with a server', {}],
    ['with nobody known', { state: () => aState({ hub: null, last_try: null, parked: [], peers: [] }) }],
    ['with what did not get in', { log: [line({ outcome: 'refused', status: '没读进来。' })], aside: anAside }],
    ['at the county', { status: { level: 'county', parent: null } as const }],
  ] as [string, Office][])('is sound for readers %s and has one main button', async (_what, there) => {
    office({ ...there, status: { ...there.status, letters } })
    await open()
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('the foot of the menu', () => {
  it('says one state, leads to the page, and follows by itself', async () => {
    vi.useFakeTimers()
    let now = aGlance()
    const b = office({ glance: () => now })
    const { wrapper } = await show(FootExchange)
    expect(plain(wrapper.text())).toContain('等待上报 12 条')
    expect(wrapper.get('a').attributes('href')).toContain('/sync')
    now = aGlance({ running: true })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(wrapper.text()).toContain('正在联网上报')
    now = aGlance({ waiting: 0, delivered: true })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(wrapper.text()).toContain('已送到镇里')
    expect(b.of('sync.state'), 'the long answer is not asked for').toEqual([])
    expect(b.of('sync.glance').length).toBeLessThanOrEqual(3)
  })

  it('stands in the frame, whose menu shows 联网中心 to the county alone', async () => {
    office({ status: { level: 'county', parent: null } })
    const county = await show(AppFrame, { at: '/sync' })
    expect(county.wrapper.get('.menu [aria-current]').text()).toBe('联网中心')
    county.wrapper.unmount()
    office()
    const village = await show(AppFrame, { at: '/sync' })
    expect(village.wrapper.get('.menu ul').text()).not.toContain('联网中心')
    expect(village.wrapper.get('.carry').text()).toContain('等待上报')
  })
})

describe('the page', () => {
  it('says of a failed try that the data is safe, with a calm shape', async () => {
    office({ glance: () => aGlance({ offline: true }) })
    const { wrapper } = await open()
    expect(plain(wrapper.get('.head p').text())).toBe('没有网，不影响用。等待上报 12 条。')
    expect(wrapper.text()).toContain('数据都在本机')
    expect(wrapper.find('.st.fail, .say.fail').exists()).toBe(false)
  })

  it('tells which places are missing, whose they are and what to do', async () => {
    office()
    const { wrapper } = await open()
    const text = plain(wrapper.text())
    expect(text).toContain('茶园村的 B 电脑，缺第 12–15 条')
    expect(text).toContain('请茶园村再交一次 U 盘')
    expect(text).toContain('石门村的一台新电脑，前面有一段还没来')
  })

  it('lists who lacks what, sorts it, and keeps sixty townships in one scrolling table', async () => {
    office({ state: () => aState({ peers: Array.from({ length: 60 }, (_, i) => aPeer(i + 1)) }) })
    const { wrapper } = await open()
    const first = () => plain(wrapper.find('tbody tr[aria-rowindex="2"]').text())
    expect(first()).toContain('还缺 1 条')
    expect(wrapper.findAll('tbody tr[role=row]').length).toBeLessThan(40)
    expect(wrapper.get('[role=grid]').attributes('aria-rowcount')).toBe('61')
    const sort = () => wrapper.findAll('th button').find((b) => b.text().includes('还缺什么'))
    await sort()?.trigger('click')
    await sort()?.trigger('click')
    await flushPromises()
    expect(first()).toContain('还缺 60 条')
  })

  it('names the own other laptops as such and who was never heard', async () => {
    office()
    const { wrapper } = await open()
    const text = plain(wrapper.get('.peers').text())
    expect(text).toContain('自己的另外 2 台电脑')
    expect(text).toContain('都有了')
    expect(text).toContain('还没听到过')
  })

  it('shows sticks that were not taken, but not those that were read well afterwards', async () => {
    office({
      log: [
        line({ file: '好了.yuanba', outcome: 'read', org_name: '杨柳村' }), line({ file: '好了.yuanba', outcome: 'refused', org_name: '杨柳村', status: '坏了一截。' }),
        line({ file: '坏.yuanba', outcome: 'refused', org_name: '茶园村', status: '没读进来：坏了一截。请他们再写一个。' }),
        line({ file: '老.yuanba', outcome: 'refused', org_name: '双河村', at: '2020-01-01T10:00:00+08:00' }),
      ],
    })
    const { wrapper } = await open()
    const side = wrapper.get('.side').text()
    expect(side).toContain('茶园村带来的')
    expect(side).not.toContain('杨柳村带来的')
    expect(side).not.toContain('双河村带来的')
  })

  it('says of what does not count who wrote it, why, and what to do, some at a time', async () => {
    const b = office({ aside: anAside })
    const { wrapper } = await open()
    const side = plain(wrapper.get('.side').text())
    for (const said of ['60 条', '党员，罗永福写的', '写它的电脑已经停用了', '石河村的 A 电脑', '写它的电脑还没有授权', '写个申请来接上']) expect(side).toContain(said)
    await press(wrapper, '再看')
    expect(b.of('aside.list')).toEqual([{ skip: 0, limit: 4 }, { skip: 0, limit: 54 }])
  })

  it('exchanges as a job, says how it ended, and asks anew how things stand', async () => {
    const b = office()
    const { wrapper } = await open()
    const before = b.of('sync.state').length
    await press(wrapper, '现在联网')
    expect(plain(wrapper.get('.say.done').text())).toBe('送出 12 条。')
    expect(b.of('sync.run')).toEqual([{}])
    expect(b.of('sync.state').length).toBeGreaterThan(before)
  })

  it('can be stopped, and says that nothing is lost', async () => {
    let stopped = false
    const b = office({ job: () => (stopped ? finished({ error: { code: 'cancelled', message: '停下了。', next_step: '', field: null } }) : { ...finished({ text: '正在联网上报。已送 3 条' }), finished: false }) })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { wrapper } = await open()
    await press(wrapper, '现在联网')
    expect(plain(wrapper.get('.progress').text())).toContain('已送 3 条')
    stopped = true
    await press(wrapper, '停下')
    await vi.advanceTimersByTimeAsync(300)
    await flushPromises()
    expect(b.of('job.cancel')).toEqual([{ job: '1' }])
    expect(wrapper.get('.say.info').text()).toContain('什么都没丢')
  })

  it('takes an exchange that is going on by itself for what was asked for', async () => {
    office({ job: () => finished({ error: { code: 'cancelled', message: '正在联网上报，不用再来一次。', next_step: '', field: null } }) })
    const { wrapper } = await open()
    await press(wrapper, '现在联网')
    expect(wrapper.get('.say.info').text()).toContain('不用再点一次')
  })

  it('says calmly that nobody answered', async () => {
    office({ job: () => finished({ error: { code: 'no_connection', message: '连不上县里的服务器。数据都在本机，照常能用。', next_step: '以后通了会自己再送。', field: null } }) })
    const { wrapper } = await open()
    await press(wrapper, '现在联网')
    expect(wrapper.get('.say.info').text()).toContain('数据都在本机')
    expect(wrapper.find('.say.fail').exists()).toBe(false)
  })

  it('asks an address for its fingerprint, and uses it only when a person says that it is right', async () => {
    let hub: SyncState['hub'] = null
    const b = office({ state: () => aState({ hub }) })
    const { wrapper } = await open()
    await press(wrapper, '问它的指纹')
    expect(wrapper.text()).toContain('还没填地址')
    await wrapper.get('.ask input').setValue('县里的')
    await press(wrapper, '问它的指纹')
    expect(wrapper.get('.say.fail').text()).toContain('数据没有动')
    await wrapper.get('.ask input').setValue('https://hub.example')
    await press(wrapper, '问它的指纹')
    expect(wrapper.findAll('.print li').map((li) => li.text())).toEqual(PRINT.split(' '))
    await press(wrapper, '不对')
    expect(wrapper.text()).toContain('没有往那里送东西')
    expect(b.of('sync.use')).toEqual([])
    await press(wrapper, '问它的指纹')
    hub = { url: 'https://hub.example', fingerprint: PRINT, published: false }
    await press(wrapper, '对上了')
    expect(b.of('sync.use')).toEqual([{ url: 'https://hub.example', fingerprint: PRINT }])
    expect(wrapper.text()).toContain('本机填的')
    expect(wrapper.text()).toContain('记下了')
  })

  it('lets what the county published be changed by the county alone', async () => {
    office()
    const village = await open()
    expect(village.wrapper.text()).toContain('县里公布的')
    expect(village.wrapper.findAll('button').some((b) => b.text() === '换一个')).toBe(false)
    village.wrapper.unmount()
    office({ status: { level: 'county', parent: null } })
    const { wrapper } = await open()
    await press(wrapper, '换一个')
    expect(wrapper.find('.ask').exists()).toBe(true)
    await press(wrapper, '不换了')
    expect(wrapper.find('.ask').exists()).toBe(false)
  })

  it('stops calling by itself and goes on, in words', async () => {
    let paused = false
    const b = office({ state: () => aState({ paused }) })
    const { wrapper } = await open()
    paused = true
    await press(wrapper, '先停一停')
    expect(wrapper.text()).toContain('现在不自己联网')
    await press(wrapper, '照旧自己联')
    expect(b.of('sync.pause')).toEqual([{ paused: true }, { paused: false }])
  })

  it('sends nobody of the made-up village anywhere', async () => {
    office({ status: { demo: true, parent: null }, state: () => aState({ hub: null }) })
    const { wrapper } = await open()
    expect(wrapper.text()).toContain('演示村不联网')
    expect(wrapper.find('.main-act').exists()).toBe(false)
  })
})
