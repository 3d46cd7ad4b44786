import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BackupState, CopyLooked, Examined, FoundCopy, JobStatus, Letters, StoreStatus } from '@/api/types'
import MorePage from '@/pages/more/MorePage.vue'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import RescuePage from './RescuePage.vue'

afterEach(() => vi.unstubAllGlobals())

const copy = (change: Partial<FoundCopy> = {}): FoundCopy => ({
  file: '/媒体/院坝备份/一.yuanba-backup', place: '/媒体/院坝备份', at: '2026-06-03T09:02:00+08:00', bytes: 3_000_000, org_name: '青石桥村', changes: 18_204, own: true, ...change,
})
const looked = (change: Partial<CopyLooked> = {}): CopyLooked => ({
  file: '/媒体/院坝备份/一.yuanba-backup', at: '2026-06-03T09:02:00+08:00', org_name: '青石桥村', changes: 18_204, own: true, compared: true, newer: 3, comes_back: 1, lost: 2, only_there: 0, erased_here: 0,
  whose: [{ name: '罗永福', acts: 2, last: '2026-06-12' }], users: ['罗永福', '周晓雯'], sentences: ['这份是好的。', '换成它会少2条。'], ...change,
})
const finished = (result: unknown): JobStatus => ({ done: 1, total: 1, text: '', finished: true, result, error: null })
const ill: Examined = {
  well: false, open: false,
  findings: [
    { what: 'keys', well: true, text: '钥匙两份都在。', mend: null, verb: null, route: null },
    { what: 'file', well: false, text: '数据文件坏了。', mend: 'restore_copy', verb: '用最近的备份找回来', route: null },
  ],
}

function village(change: Partial<StoreStatus> = {}, copies: FoundCopy[] = [copy()], results: Record<string, unknown> = {}) {
  let status = aVillage(change)
  const closed = () => {
    status = aVillage({ open: false, user: null })
    return { status }
  }
  return bridge({
    'store.status': () => status,
    'backup.found': () => copies,
    'backup.look': () => ({ job: 'look' }),
    'backup.replace': (r) => {
      if (r.passphrase !== '井水') throw refusal('wrong_passphrase', '口令不对，还可以试4次，然后要等1分钟。', '', 'passphrase')
      closed()
      return { job: 'replace' }
    },
    'backup.restore': closed,
    'doctor.run': () => ({ job: 'look-ill' }),
    'doctor.mend': () => ({ job: 'mend' }),
    'job.status': (r) => finished({ look: looked(), replace: { status: aVillage({ open: false, user: null }) }, 'look-ill': ill, mend: { text: '找回来了。', examined: { ...ill, well: true, findings: [] } }, ...results }[r.job]),
  })
}

const text = () => document.body.textContent ?? ''
const press = async (name: string) => {
  const button = [...document.querySelectorAll<HTMLElement>('button')].find((b) => b.textContent?.replace(/[\s\u00a0]/g, '').includes(name))
  if (!button) throw new Error(`no button ${name}: ${text()}`)
  button.click()
  for (let n = 0; n < 4; n++) await flushPromises()
}
async function type(value: string) {
  const input = document.querySelector<HTMLInputElement>('.copies input[type="password"]')
  if (!input) throw new Error('no field for a passphrase')
  input.value = value
  input.dispatchEvent(new Event('input'))
  await flushPromises()
}
const none = { exists: false, open: false, level: null, org: null, user: null, users: [] } as const

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([['with somebody in', {}], ['at the door', { open: false, user: null }], ['on a new laptop', { ...none, users: [] }]] as [string, Partial<StoreStatus>][])('the way back %s is sound for readers and has at most one main button', async (_name, change) => {
    village({ ...change, letters })
    await show(RescuePage, { at: '/rescue' })
    expect(await findings()).toEqual([])
    await press('看看这份')
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act').length).toBe(1)
  })
})

describe('a copy', () => {
  it('is put in place only after what would be lost was shown, and with a passphrase', async () => {
    const b = village()
    const { router } = await show(RescuePage, { at: '/copies' })
    expect(document.querySelectorAll('.main-act').length).toBe(0)
    await press('看看这份')
    expect(text()).toContain('换成它会少')
    await press('换成6月3日的这一份')
    expect(b.of('backup.replace')).toHaveLength(0)
    expect(text()).toContain('还没输口令')
    await type('不对')
    await press('换成6月3日的这一份')
    expect(text()).toContain('口令不对')
    await type('井水')
    await press('换成6月3日的这一份')
    expect(b.of('backup.replace')).toHaveLength(2)
    expect(router.currentRoute.value.path).toBe('/sign-in')
  })

  it('needs no passphrase where there is nothing to lose', async () => {
    const b = village({ ...none, users: [] })
    await show(RescuePage, { at: '/rescue' })
    await press('看看这份')
    await press('用这一份接着用')
    expect(b.of('backup.restore')).toEqual([{ file: copy().file }])
  })

  it('that cannot be found is asked for', async () => {
    village({}, [])
    await show(RescuePage, { at: '/copies' })
    expect(text()).toContain('没找到备份')
    expect(text()).toContain('选别处的备份文件')
  })
})

describe('a store that does not open', () => {
  it('is looked at from outside, and what mends it has a button', async () => {
    const b = village({ open: false, user: null })
    const { router } = await show(RescuePage, { at: '/rescue' })
    await press('查一遍')
    const rows = [...document.querySelectorAll('.findings li')].map((row) => row.textContent)
    expect(rows[0]).toContain('数据文件坏了')
    await press('用最近的备份找回来')
    expect(b.of('doctor.mend')).toEqual([{ what: 'restore_copy', user: '罗永福', passphrase: null }])
    expect(router.currentRoute.value.path).toBe('/sign-in')
  })
})

describe('the settings', () => {
  const state = (change: Partial<BackupState> = {}): BackupState => ({
    well: true, text: '', days: 0, paused: false, running: false, daily: 7, weekly: 4, monthly: 12,
    places: [
      { path: 'D:\\院坝备份', name: 'D:\\院坝备份', stick: false, present: true, same_disk: false, chosen: false, last_good: '2026-06-12T09:02:00+08:00', last_said: '今天 9:02', bytes: 32_000_000, trouble: null },
      { path: 'E:\\院坝备份', name: 'U 盘「村务1号」', stick: true, present: false, same_disk: false, chosen: false, last_good: '2026-06-03T09:02:00+08:00', last_said: '6 月 3 日，9 天前', bytes: 1, trouble: null },
    ],
    ...change,
  })
  const more = (answers: Partial<BackupState>, sticks = [{ path: 'E:\\', name: '村务1号', free_bytes: 1e9, bundles: 0 }]) =>
    bridge({
      'store.status': () => aVillage(),
      'backup.state': () => state(answers),
      'stick.find': () => sticks,
      'backup.now': () => ({ job: 'copy' }),
      'job.status': () => finished({ path: 'E:\\院坝备份\\一', bytes: 32_000_000, changes: 3, gave_way: 0 }),
    })

  it('say where the copies are, since when, and what is wrong with them', async () => {
    more({})
    await show(MorePage, { at: '/more' })
    expect(text()).toContain('每天自动备份')
    expect(text()).toContain('好着')
    expect(text().replace(/[\s\u00a0]/g, '')).toContain('U盘「村务1号」，上次6月3日，9天前')
    expect(text()).not.toContain('同一块盘')
  })

  it('are not called well before there is one', async () => {
    more({ well: true, days: null, places: [] })
    await show(MorePage, { at: '/more' })
    expect(text()).not.toContain('好着')
  })

  it('say that the same disk is the last resort, and what went wrong', async () => {
    const places = state().places.slice(0, 1).map((p) => ({ ...p, same_disk: true, trouble: '「D:」写不进去。' }))
    more({ places, well: false })
    await show(MorePage, { at: '/more' })
    expect(text()).toContain('同一块盘')
    expect(text()).toContain('写不进去')
    expect(text()).toContain('要看一眼')
  })

  it('copy onto the one stick that is in without asking where', async () => {
    const b = more({})
    await show(MorePage, { at: '/more' })
    await press('现在备份到U盘')
    expect(b.of('backup.now')).toEqual([{ folder: 'E:\\' }])
    expect(text()).toContain('备份好了')
  })
})
