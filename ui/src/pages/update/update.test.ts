import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JobStatus, Letters, UpdateLook, UpdateState } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import UpdatePage from './UpdatePage.vue'

const system = vi.hoisted(() => ({ can: true, installs: 0, fails: null as unknown }))
vi.mock('@/api/opening', () => ({
  canOpen: () => system.can,
  canInstall: () => system.can,
  installUpdate: async () => {
    if (system.fails) throw system.fails
    system.installs += 1
  },
}))
vi.mock('@/api/files', () => ({ pickFile: async () => '/usb/2.yuanba-update' }))
beforeEach(() => Object.assign(system, { can: true, installs: 0, fails: null }))
afterEach(() => vi.unstubAllGlobals())

const aState = (change: Partial<UpdateState> = {}): UpdateState => ({
  version: '0.1.0', takes: true, signers: ['明水县组织部'], may: true,
  found: [{ file: '/usb/1.yuanba-update', name: '院坝升级-0.2.0.yuanba-update', stick: '村务1号', bytes: 21_000_000 }],
  packs: [
    { pack: 'holidays', title: '2027年放假安排', version: '1.0.0', built: '2026-06-01', signed_by: '明水县组织部', not_in_force: null, superseded: false },
    { pack: 'old', title: '旧的', version: '1.0.0', built: '2026-01-01', signed_by: '明水县组织部', not_in_force: '「旧的」里的，现在的程序自己已经带着了。', superseded: true },
  ],
  troubles: [], waiting: null, ...change,
})
const aLook = (change: Partial<UpdateLook> = {}): UpdateLook => ({
  contents: 'program', title: '院坝升级', version_now: '0.1.0', version_then: '0.2.0', built: '2026-06-01', notes: '公示多了一种纸。\n找人更快。',
  signed_by: '明水县组织部', fits: true, why_not: null, bytes: 21_000_000, declarations: 0, ...change,
})
const waiting = { version: '0.2.0', title: '院坝升级', signed_by: '明水县组织部', command: "sudo apt install '/data/updates/yuanba_0.2.0_amd64.deb'" }

function laptop(states: UpdateState[], looked: UpdateLook = aLook(), job: Partial<JobStatus> = {}, letters: Letters = 'normal') {
  return bridge({
    'store.status': () => aVillage({ letters }),
    'update.state': () => (states.length > 1 ? states.shift() : states[0]) as UpdateState,
    'update.look': () => looked,
    'update.take': () => ({ job: 'j' }),
    'job.status': () => ({ done: 1, total: 1, text: '', finished: true, result: null, error: null, ...job }),
  })
}
const dialog = () => document.querySelector('.el-dialog')
const inDialog = (text: string) => [...document.querySelectorAll<HTMLButtonElement>('.el-dialog button')].find((b) => b.textContent?.trim() === text)
async function press(wrapper: Awaited<ReturnType<typeof show>>['wrapper'], text: string) {
  await wrapper.findAll('button').find((b) => b.text() === text)?.trigger('click')
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it('is sound for readers and has at most one main button, with an update in sight and with one that waits', async () => {
    laptop([aState({ waiting, troubles: ['做法包「holidays」的文件不见了，先照程序自带的办。'] })], aLook(), {}, letters)
    const { wrapper } = await show(UpdatePage, { at: '/update' })
    expect(await findings()).toEqual([])
    expect(wrapper.findAll('.main-act').map((b) => b.text())).toEqual(['打开安装程序'])
    await press(wrapper, '看看')
    expect(await findings()).toEqual([])
    expect(wrapper.findAll('.main-act').map((b) => b.text())).toEqual(['装上 0.2.0\u00a0版'])
  })
})

it('says plainly that this program takes no updates from a stick', async () => {
  laptop([aState({ takes: false, signers: [], found: [], packs: [] })])
  const { wrapper } = await show(UpdatePage)
  expect(wrapper.text()).toContain('这一版程序不认 U\u00a0盘上的升级包。')
  expect(wrapper.text()).toContain('现在是 0.1.0\u00a0版')
  expect(wrapper.find('.main-act').exists()).toBe(false)
  expect(wrapper.text()).not.toContain('选一个升级包')
})

it('shows what an update brings, takes it, and runs the installer only after asking', async () => {
  const result = { contents: 'program', title: '院坝升级', version: '0.2.0', text: '0.2.0 版核对过了。数据先备份了一份。', command: waiting.command }
  const b = laptop([aState(), aState({ waiting })], aLook(), { result })
  const { wrapper } = await show(UpdatePage)
  expect(wrapper.text()).toContain('在 U\u00a0盘「村务 1\u00a0号」上，20 MB')
  await press(wrapper, '看看')
  expect(b.of('update.look')).toEqual([{ file: '/usb/1.yuanba-update' }])
  const looked = wrapper.get('.looked').text()
  for (const said of ['装上是 0.2.0\u00a0版', '明水县组织部签的', '公示多了一种纸。', '先把数据备份一份']) expect(looked).toContain(said)
  expect(b.of('update.take')).toEqual([])
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(b.of('update.take')).toEqual([{ file: '/usb/1.yuanba-update' }])
  expect(dialog()?.textContent).toContain('打开电脑自己的安装程序，装 0.2.0\u00a0版？')
  expect(system.installs).toBe(0)
  inDialog('打开安装程序')?.click()
  await flushPromises()
  expect(system.installs).toBe(1)
  expect(wrapper.text()).toContain('装好以后关掉院坝再打开')
  expect(wrapper.text()).toContain(waiting.command)
})

it('keeps the command in sight and says so where no window installs', async () => {
  system.fails = { code: 'not_found', message: '这台电脑没有能点开的安装程序。', next_step: '打开终端。', field: null }
  laptop([aState({ waiting })])
  const { wrapper } = await show(UpdatePage)
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  inDialog('打开安装程序')?.click()
  await flushPromises()
  expect(dialog()?.textContent).toContain('没有能点开的安装程序')
  system.can = false
  laptop([aState({ waiting })])
  const browser = await show(UpdatePage)
  expect(browser.wrapper.find('.main-act').exists()).toBe(false)
  expect(browser.wrapper.text()).toContain('sudo apt install')
})

it('says why an update cannot be taken here, and offers no button for it', async () => {
  laptop([aState()], aLook({ fits: false, why_not: '这是 0.0.9 版，比现在用的 0.1.0 版旧，旧的不能盖新的。', version_then: '0.0.9' }))
  const { wrapper } = await show(UpdatePage)
  await press(wrapper, '看看')
  expect(wrapper.get('.looked').text()).toContain('旧的不能盖新的')
  expect(wrapper.find('.main-act').exists()).toBe(false)
})

it('tells whoever may not take it whom to ask', async () => {
  laptop([aState({ may: false })])
  const { wrapper } = await show(UpdatePage)
  await press(wrapper, '选一个升级包')
  expect(wrapper.get('.looked').text()).toContain('装升级包要请书记来')
  expect(wrapper.find('.main-act').exists()).toBe(false)
})

it('names the packs in force, those that gave way, and what is wrong', async () => {
  laptop([aState({ troubles: ['做法包「x」的文件不见了。'] })])
  const { wrapper } = await show(UpdatePage)
  expect(wrapper.text()).toContain('2027\u00a0年放假安排，1.0.0\u00a0版')
  expect(wrapper.text()).toContain('现在的程序自己已经带着了')
  expect(wrapper.text()).toContain('文件不见了')
})

it('takes a pack without an installer, and keeps a refusal in sight', async () => {
  const pack = aLook({ contents: 'practices', title: '放假安排', version_now: null, version_then: '1.0.0', declarations: 1 })
  laptop([aState()], pack, { result: { contents: 'practices', title: '放假安排', version: '1.0.0', text: '装好了，现在起就照它办。', command: null } })
  const { wrapper } = await show(UpdatePage)
  await press(wrapper, '看看')
  expect(wrapper.get('.looked').text()).toContain('以前答应的日子、记过的分都不变')
  await wrapper.get('.main-act').trigger('click')
  await flushPromises()
  expect(wrapper.text()).toContain('现在起就照它办')
  expect(dialog()).toBeNull()

  bridge({ 'store.status': () => aVillage(), 'update.state': () => aState(), 'update.look': () => { throw refusal('refused', '没有装：这个升级包被人动过，签名对不上。现在的程序和数据都没有动。', '请当面向镇里要一份。') } })
  const refused = await show(UpdatePage)
  await press(refused.wrapper, '看看')
  expect(refused.wrapper.text()).toContain('签名对不上')
})
