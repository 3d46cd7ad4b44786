import { afterEach, expect, it, vi } from 'vitest'
import { pickFile, saveFile, setPathAsker } from './files'

afterEach(() => {
  setPathAsker(null)
  vi.unstubAllGlobals()
})

it('asks in words where there is no dialog, and bothers nobody else with it', async () => {
  const fetched = vi.fn()
  vi.stubGlobal('fetch', fetched)
  const asked: unknown[] = []
  setPathAsker(async (kind, wish) => {
    asked.push([kind, wish.title])
    return '/media/U盘/名册.xls'
  })
  expect(await pickFile({ title: '选一张旧表格' })).toBe('/media/U盘/名册.xls')
  expect(await saveFile({ title: '花名册存到哪里', name: '花名册.xlsx' })).toBe('/media/U盘/名册.xls')
  expect(asked).toEqual([['file', '选一张旧表格'], ['save', '花名册存到哪里']])
  setPathAsker(null)
  expect(await pickFile({ title: '选一张旧表格' })).toBeNull()
  expect(fetched).not.toHaveBeenCalled()
})
