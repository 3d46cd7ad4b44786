import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from './client'
import { canInstall, canOpen, installUpdate, openFile } from './opening'

const window = vi.hoisted(() => ({ there: true, asked: [] as unknown[], fails: null as unknown }))
vi.mock('@tauri-apps/api/core', () => ({
  isTauri: () => window.there,
  invoke: async (command: string, args: unknown) => {
    window.asked.push([command, args])
    if (window.fails) throw window.fails
  },
}))

beforeEach(() => Object.assign(window, { there: true, asked: [], fails: null }))
afterEach(() => vi.restoreAllMocks())

it('opens tables, lists, pages and pictures, and no programs', () => {
  expect(['a.xlsx', 'a.csv', 'a.PDF', 'a.png'].map(canOpen)).toEqual([true, true, true, true])
  expect(['a.exe', 'a.sh', 'a.deb', 'a.html', 'a.xlsx.bat', 'a', '恢复码.txt', 'a.yuanba'].map(canOpen)).toEqual(Array(8).fill(false))
  window.there = false
  expect(canOpen('a.xlsx')).toBe(false)
  expect(canInstall()).toBe(false)
})

it('asks the window, naming what was saved, and for an update nothing at all', async () => {
  await openFile('/usb/花名册.xlsx')
  await installUpdate()
  expect(window.asked).toEqual([['open_file', { path: '/usb/花名册.xlsx' }], ['install_update', {}]])
})

it('says why the window did not', async () => {
  window.fails = { code: 'not_allowed', message: '没有打开。', next_step: '自己双击。', field: null }
  const failure: unknown = await openFile('/etc/x.pdf').catch((e: unknown) => e)
  expect(failure).toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({ code: 'not_allowed', next_step: '自己双击。' })
})
