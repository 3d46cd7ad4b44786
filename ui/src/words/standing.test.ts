import { describe, expect, it } from 'vitest'
import type { SyncGlance } from '@/api/types'
import { aVillage } from '@/testing/bridge'
import { standing, standingSentence } from './standing'

const now = new Date('2026-06-12T10:45:00+08:00')
const glance = (change: Partial<SyncGlance> = {}): SyncGlance => ({ has_hub: true, paused: false, running: false, waiting: 12, delivered: false, last_contact: '2026-06-09T18:20:00+08:00', offline: false, ...change })
const said = (g: SyncGlance | undefined, change: Parameters<typeof aVillage>[0] = {}, big = false) => {
  const { lead, strong, note } = standing(g, aVillage(change), big, now)
  return [`${lead} ${strong}`.trim(), note].map((s) => s.replaceAll('\u00a0', ' '))
}

describe('the one state in words', () => {
  it('says what waits and when the others were last met, by net or by stick', () => {
    expect(said(glance())).toEqual(['等待上报 12 条', '上次联网 3 天前'])
    expect(said(glance(), {}, true)).toEqual(['等待上报 12 条', '联网 3 天前'])
    expect(said(glance({ last_contact: '2026-06-12T10:38:00+08:00' }))[1]).toBe('刚才 10:38 联过网')
    expect(said(glance({ last_contact: '2026-06-11T18:20:00+08:00' }))[1]).toBe('昨天 18:20 联过网')
    expect(said(glance({ last_contact: '2026-05-30T18:20:00+08:00' }))[1]).toBe('上次交接 6 月 3 日')
    expect(said(glance({ last_contact: null }), { last_exchange: null })[1]).toBe('还没交接过')
  })

  it('tells what the township has said it holds from what only left this laptop', () => {
    expect(said(glance({ waiting: 0 }))[0]).toBe('都上报了')
    expect(said(glance({ waiting: 0, delivered: true }))[0]).toBe('已送到镇里')
    expect(said(glance({ waiting: 0, delivered: true }), { level: 'township' })[0]).toBe('已送到县里')
  })

  it('takes being without a network for no fault, and never says it without what waits', () => {
    expect(said(glance({ offline: true }))).toEqual(['没有网，不影响用。', '等待上报 12 条。'])
    expect(said(glance({ offline: true, waiting: 0 }))[1]).toBe('都上报了。')
    expect(standingSentence(standing(glance({ offline: true }), aVillage(), false, now)).replaceAll('\u00a0', ' ')).toBe('没有网，不影响用。等待上报 12 条。')
    expect(said(glance({ offline: true, paused: true }))[0]).toBe('等待上报 12 条')
    expect(said(glance({ running: true, offline: true }))[0]).toBe('正在联网上报')
    for (const g of [glance(), glance({ offline: true }), glance({ waiting: 0 })]) expect(said(g).join('')).not.toMatch(/离线|失败|同步/)
  })

  it('says of whom nobody stands above that all is here', () => {
    expect(said(glance({ waiting: 0 }), { level: 'county', parent: null })).toEqual(['全县的都在这里', '上次联网 3 天前'])
    expect(said(glance({ waiting: 0, has_hub: false, last_contact: null }), { level: 'county', parent: null })[1]).toBe('各乡镇会带 U 盘来')
  })

  it('still says what waits when the glance was not to be had', () => {
    expect(said(undefined)).toEqual(['等待上报 12 条', '上次交接 6 月 3 日'])
  })
})
