import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { aVillage, bridge } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import YbOpen from './YbOpen.vue'

const system = vi.hoisted(() => ({ can: true, opened: [] as string[], fails: null as unknown }))
vi.mock('@/api/opening', () => ({
  canOpen: () => system.can,
  openFile: async (path: string) => {
    if (system.fails) throw system.fails
    system.opened.push(path)
  },
}))
beforeEach(() => {
  Object.assign(system, { can: true, opened: [], fails: null })
  bridge({ 'store.status': () => aVillage() })
})
afterEach(() => vi.unstubAllGlobals())

const button = (text: string) => [...document.querySelectorAll<HTMLButtonElement>('.el-dialog button')].find((b) => b.textContent?.trim() === text)

it('asks before anything is opened, naming the file, and opens it when one says so', async () => {
  const { wrapper } = await show(YbOpen, { props: { path: '/media/U盘/花名册.xlsx' } })
  await wrapper.get('button').trigger('click')
  await flushPromises()
  expect(document.querySelector('.el-dialog')?.textContent).toContain('要用电脑里的表格程序打开《花名册.xlsx》吗？')
  expect(system.opened).toEqual([])
  button('不打开')?.click()
  await flushPromises()
  expect(system.opened).toEqual([])
  await wrapper.get('button').trigger('click')
  await flushPromises()
  expect(await findings()).toEqual([])
  button('打开')?.click()
  await flushPromises()
  expect(system.opened).toEqual(['/media/U盘/花名册.xlsx'])
})

it('says in its place why it was not opened', async () => {
  system.fails = { code: 'not_found', message: '这台电脑上没找到能打开它的程序。', next_step: '拷到别的电脑上看。', field: null }
  const { wrapper } = await show(YbOpen, { props: { path: 'D:\\表\\公示.pdf' } })
  await wrapper.get('button').trigger('click')
  await flushPromises()
  expect(document.querySelector('.el-dialog')?.textContent).toContain('打开《公示.pdf》')
  button('打开')?.click()
  await flushPromises()
  expect(document.querySelector('.el-dialog')?.textContent).toContain('没找到能打开它的程序')
})

it('is not drawn where nothing can be opened', async () => {
  system.can = false
  const { wrapper } = await show(YbOpen, { props: { path: '/a.xlsx' } })
  expect(wrapper.find('button').exists()).toBe(false)
})
