import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { APIRequestContext, Page } from '@playwright/test'
import { command, open, type Letters, type Place } from './village'

/** The pages of a township that need no record in their address. */
export const TOWN_PLACES: readonly Place[] = [
  { name: 'town', address: '/today' },
  { name: 'town-villages', address: '/villages' },
  { name: 'town-settle', address: '/settle' },
  { name: 'town-doubts', address: '/settle?view=doubts' },
  { name: 'town-stick', address: '/stick' },
  { name: 'town-sync', address: '/sync' },
  { name: 'town-points', address: '/points?view=review' },
]

export const PASSPHRASE = 'jing shui 2026'
const CLI = resolve(import.meta.dirname, '../..', process.env.CARGO_TARGET_DIR ?? 'target', 'debug/yuanba-cli')

/** Made-up villages; those behind the bar have not come today. */
const COME = ['青石桥村', '石门村', '双河村', '杨柳村', '白果村', '茶园村', '五里村', '高店村']
/** People of one village's import, with made-up numbers. */
const IMPORTED = ['邓国华', '罗永贵', '向桂英']
const NUMBERS = ['511722198507010018', '511722197501030013', '511722197501040019']
const AWAY = ['长岭村', '凉风村', '红岩村']

interface Answer<T> { exit: number; result: T }

/** A store of its own, worked by the command line on a day of its own. */
export class Desk {
  constructor(readonly store: string, readonly name: string) {}

  /** Runs lines of commands with one unlock. */
  batch(now: string, lines: string[][]): Answer<Record<string, unknown>>[] {
    const out = this.run(now, ['batch', '-'], lines.map((line) => JSON.stringify(line)).join('\n'))
    const answers = out.trim().split('\n').map((line) => JSON.parse(line) as Answer<Record<string, unknown>>)
    for (const [i, { exit, result }] of answers.entries()) if (exit > 1 && result.files === undefined) throw new Error(`${this.name}: ${lines[i]?.join(' ')}: ${JSON.stringify(result)}`)
    return answers
  }

  run(now: string, words: string[], input = ''): string {
    return execFileSync(CLI, ['--store', this.store, '--json', ...words], { input, encoding: 'utf8', env: { ...process.env, YUANBA_PASSPHRASE: PASSPHRASE, YUANBA_NOW: now }, stdio: ['pipe', 'pipe', 'pipe'] })
  }
}

const call = (name: string, body: object) => ['call', name, JSON.stringify(body)]
const save = (fields: object, id: unknown = null) => call('member.save', { id, fields })

/** An hour of a day so many days ago, as the clocks of the township say it. */
function ago(days: number, time: string): string {
  const day = new Date(Date.now() + 8 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10)
  return `${day}T${time}:00+08:00`
}

/**
 * A township in the middle of a market day: villages that came before, most of them again today, one with a damaged file, one
 * that wrote otherwise than the township did, claims that wait.
 */
export async function township(request: APIRequestContext, store: string): Promise<void> {
  const status = await command<{ exists: boolean; open: boolean }>(request, 'store.status')
  if (!status.exists) make(store)
  if (!status.open) await command(request, 'store.open', { user: null, passphrase: PASSPHRASE })
}

function make(store: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'yuanba-town-'))
  const town = new Desk(store, '柳坝镇')
  town.run(ago(40, '08:00'), ['init', '--level', 'township', '--name', '柳坝镇', '--user', '邓长青'])
  const villages = [...COME, ...AWAY].map((name, i) => {
    const desk = new Desk(join(folder, `village${i}`), name)
    desk.run(ago(40, '08:00'), ['init', '--level', 'village', '--name', name, '--user', ['罗永福', '周晓雯', '单立群'][i % 3] ?? '罗永福'])
    return desk
  })
  const file = (desk: Desk, name: string) => join(folder, `${desk.name}-${name}`)
  const stick = (desk: Desk, name: string) => {
    mkdirSync(file(desk, name))
    return file(desk, name)
  }
  const roster = (desk: Desk, education: string) => {
    const path = file(desk, `${education}.csv`)
    writeFileSync(path, `姓名,身份证号,学历\n${IMPORTED.map((name, i) => `${name},${NUMBERS[i]},${{ '31': '大学专科', '61': '高中' }[education]}\n`).join('')}`)
    return path
  }
  for (const desk of villages) {
    const people = [save({ name: '冯有才', education: '71', kind: 'full', joined_on: '1998-07' }), save({ name: '王秀英', education: '61', kind: 'full' })]
    desk.batch(ago(31, '08:00'), [['enrol', 'request', '--out', file(desk, '申请')], ...people])
  }
  town.batch(ago(31, '09:00'), villages.map((desk) => ['enrol', 'grant', file(desk, '申请'), '--out', file(desk, '授权')]))
  const [bridge] = villages
  if (!bridge) throw new Error('no village')
  for (const [i, desk] of villages.entries()) {
    const before = desk === bridge ? [save({ name: '蒲大春', kind: 'full', id_number: '511722198507010018' })] : desk.name === '高店村' ? [['roster', 'import', roster(desk, '61')]] : []
    const folder = stick(desk, '以前')
    desk.batch(ago(30, '08:00'), [['enrol', 'accept', file(desk, '授权')], ...before, ['bundle', 'write', '--to', 'parent', '--out', folder]])
    const days = desk.name === '凉风村' ? 30 : desk.name === '长岭村' ? 16 : 9
    writeFileSync(file(desk, '哪天'), String(days * 100 + i))
  }
  const byDay = [...villages].sort((a, b) => Number(readFileSync(file(b, '哪天'), 'utf8')) - Number(readFileSync(file(a, '哪天'), 'utf8')))
  for (const days of [30, 16, 9]) {
    const came = byDay.filter((desk) => Math.floor(Number(readFileSync(file(desk, '哪天'), 'utf8')) / 100) === days)
    town.batch(ago(days, '10:00'), came.map((desk) => ['bundle', 'read', file(desk, '以前')]))
  }
  const listed = town.batch(ago(2, '09:00'), [['member', 'list', '--search', '蒲大春']])[0]?.result as { members: { id: string }[] }
  const id = listed.members[0]?.id
  town.batch(ago(2, '16:20'), [save({ id_number: '511722197501300013', education: '61', joined_on: '2003-12', address: '二组，大水井院坝', job: '护林员' }, id)])
  // One village declares somebody void while the township writes to her; another brings an import the township did not see.
  const person = (org: string, name: string) => {
    const found = town.batch(ago(2, '16:30'), [['member', 'list', '--search', name, '--org', org]])[0]?.result as { members: { id: string }[] }
    return found.members[0]?.id
  }
  const voided = person('双河村', '王秀英')
  town.batch(ago(2, '16:40'), [save({ education: '31' }, voided), ...IMPORTED.map((name) => save({ education: '71' }, person('高店村', name)))])
  for (const [i, desk] of villages.slice(0, COME.length).entries()) {
    if (desk.name === '双河村') desk.batch(ago(1, '19:00'), [call('member.void', { id: voided, reason: '重复登记' })])
    if (desk.name === '高店村') desk.batch(ago(1, '19:00'), [['roster', 'import', roster(desk, '31')]])
    const notes = Array.from({ length: (i % 4) + 1 }, (_, n) => save({ name: ['陈德贵', '何玉兰', '李国强', '刘桂香'][n], kind: 'full' }))
    const own = desk === bridge ? [save({ id_number: '511722197501030013', education: '71', joined_on: '2004-01-05', address: '二组', job: '村医' }, id)] : []
    desk.batch(ago(1, '20:00'), [...notes, ...own])
    if (i % 3 === 1) {
      const accounts = desk.batch(ago(1, '20:10'), [['member', 'list', '--search', '王秀英']])[0]?.result as { members: { id: string }[] }
      const cells = [{ account: accounts.members[0]?.id, rule: 'study-session', times: 1 }]
      desk.batch(ago(1, '20:20'), [call('points.claim', { group: 'members', date: ago(1, '00:00').slice(0, 10), event: null, cells })])
    }
    const folder = stick(desk, '今天')
    desk.batch(ago(1, '21:00'), [['bundle', 'write', '--to', 'parent', '--out', folder]])
    if (desk.name !== '茶园村') continue
    const path = join(folder, readdirSync(folder)[0] ?? '')
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    writeFileSync(path, bytes)
  }
  const now = new Date().toISOString()
  town.batch(now, villages.slice(0, COME.length).map((desk) => ['bundle', 'read', file(desk, '今天')]))
}

/** Opens a page of the township in a layout. */
export const openTown = (page: Page, place: Place, letters: Letters): Promise<void> => open(page, place, letters)
