import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setPathAsker } from '@/api/files'
import type { Letters, ListedUser, StoreStatus } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import SignInPage from '../sign-in/SignInPage.vue'
import { groupIsRight, plainCode } from '../sign-in/codeGroups'
import PeoplePage from './PeoplePage.vue'
import ShopPage from '@/pages/shop/ShopPage.vue'

afterEach(() => {
  vi.unstubAllGlobals()
  setPathAsker(null)
  document.body.innerHTML = ''
})

const at = '2026-06-12T10:12:00+08:00'
const luo: ListedUser = { name: '罗永福', role: 'secretary', role_name: '书记', me: true, governs: true }
const zhou: ListedUser = { name: '周晓雯', role: 'official', role_name: '村官', me: false, governs: false }
const roles = [
  { role: 'secretary', name: '书记', rights: ['read', 'write', 'reveal', 'review', 'exchange', 'govern'] },
  { role: 'official', name: '村官', rights: ['read', 'write', 'reveal', 'review', 'exchange'] },
  { role: 'reader', name: '只看', rights: ['read'] },
]

function people(users: ListedUser[], change: Partial<StoreStatus> = {}) {
  return bridge({
    'store.status': () => aVillage(change),
    'user.list': () => users,
    'user.roles': () => roles,
    'help.state': () => ({ superior: '柳坝镇党委', waiting_for: null, asked_at: null }),
    'user.add': () => ({ done: { group: '', text: '', at } }),
    'user.close': () => ({ done: { group: '', text: '周晓雯不再用这台电脑', at } }),
    'user.passphrase': (r) => {
      if (r.name === null && r.old !== '井水') throw refusal('wrong_passphrase', '原来的口令不对，没有换，数据都在。还可以试4次，然后要等1分钟。', '再输一遍。', 'old')
      return {}
    },
    'help.look': () => ({ org: { id: '1'.repeat(32), name: '石河村党支部' }, user: '冯有才', role_name: '书记', asked_at: at }),
    'help.give': (r) => ({ path: r.out, org: { id: '1'.repeat(32), name: '石河村党支部' }, user: '冯有才', done: { group: '', text: '', at } }),
  })
}

const button = (text: string) => [...document.querySelectorAll('button')].find((b) => b.textContent?.replace(/\u00a0/g, ' ').includes(text) && (b as HTMLElement).closest('[style*="display: none"]') === null)
async function press(text: string) {
  const found = button(text)
  expect(found, text).toBeDefined()
  found?.click()
  await flushPromises()
}
async function fill(label: string, text: string) {
  const labels = [...document.querySelectorAll('label')].filter((l) => l.textContent?.startsWith(label))
  const input = document.getElementById(labels.at(-1)?.getAttribute('for') ?? '') as HTMLInputElement
  expect(input, label).not.toBeNull()
  input.value = text
  input.dispatchEvent(new Event('input'))
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it('人员与口令 is sound for readers and has one main button', async () => {
    people([luo, zhou], { letters })
    await show(PeoplePage, { at: '/people' })
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('the people of a computer', () => {
  it('are listed with what can be done about each, and the way to what each role may do', async () => {
    people([luo, zhou])
    const { wrapper } = await show(PeoplePage, { at: '/people' })
    const rows = wrapper.findAll('section ul li').map((li) => li.findAll('button').map((b) => b.text()))
    expect(rows).toEqual([['改我的口令'], ['改职务', '重设口令', '停用']])
    expect(wrapper.find('a[href$="/rights"]').exists()).toBe(true)
  })

  it('are only looked at by who may not govern, who can change the own passphrase all the same', async () => {
    people([{ ...luo, me: false }, { ...zhou, me: true }])
    const { wrapper } = await show(PeoplePage, { at: '/people' })
    expect(wrapper.findAll('section ul button')).toHaveLength(0)
    expect(wrapper.get('.main-act').text()).toBe('改我的口令')
  })

  it('change the own passphrase with the old one; a wrong one is said beside it and loses nothing', async () => {
    const b = people([luo, zhou])
    await show(PeoplePage, { at: '/people' })
    await press('改我的口令')
    await press('换成新口令')
    expect(b.of('user.passphrase')).toEqual([])
    await fill('原来的口令', '河水')
    await fill('新口令', '柳坝的水')
    await fill('再输一遍', '柳坝的')
    await press('换成新口令')
    expect(document.body.textContent).toContain('两遍不一样。')
    await fill('再输一遍', '柳坝的水')
    await press('换成新口令')
    expect(document.querySelector('.err')?.textContent).toContain('原来的口令不对')
    await fill('原来的口令', '井水')
    await press('换成新口令')
    expect(b.of('user.passphrase').at(-1)).toEqual({ name: null, old: '井水', passphrase: '柳坝的水' })
    expect(document.body.textContent).toContain('口令换好了')
  })

  it('change the own passphrase also at the counter of the shop', async () => {
    const b = people([luo, { ...zhou, role: 'shopkeeper', me: true }])
    await show(ShopPage, { at: '/shop' })
    await press('改我的口令')
    await fill('原来的口令', '井水')
    await fill('新口令', '柳坝的水')
    await fill('再输一遍', '柳坝的水')
    await press('换成新口令')
    expect(b.of('user.passphrase').at(-1)).toEqual({ name: null, old: '井水', passphrase: '柳坝的水' })
    expect(document.body.textContent).toContain('口令换好了')
  })

  it('are closed after one question, and the last who governs is told why not', async () => {
    const b = people([luo, zhou])
    await show(PeoplePage, { at: '/people' })
    await press('停用')
    expect(b.of('user.close')).toEqual([])
    await press('停用周晓雯')
    expect(b.of('user.close')).toEqual([{ name: '周晓雯' }])
    expect(document.body.textContent).toContain('周晓雯不再用这台电脑')
  })

  it('are helped by the township after a look at who asks and with how one knows', async () => {
    const b = people([luo], { level: 'township' })
    const paths = ['/media/stick/求助', '/media/stick/答复']
    setPathAsker(async () => paths.shift() ?? null)
    await show(PeoplePage, { at: '/people' })
    await press('打开求助文件')
    expect(document.body.textContent).toContain('石河村党支部的冯有才（书记）')
    await press('写答复文件')
    expect(b.of('help.give')).toEqual([])
    await fill('怎么知道是本人', '看过身份证')
    await press('写答复文件')
    expect(b.of('help.give')).toEqual([{ file: '/media/stick/求助', out: '/media/stick/答复', reason: '看过身份证' }])
  })
})

describe('a recovery code', () => {
  const code = '7KQM2-XRAP9'
  it('is read in any case, width and spacing', () => {
    expect(plainCode(' 7kqm2－ｘｒａｐ９ ')).toBe(code.replace('-', ''))
  })

  it('is checked by group and place, as the program itself does', () => {
    // The program's own test reads the same one.
    const drawn = ['NASDA', 'URZV7', 'SPYJ8', '2VGTR', 'Z9P3J', 'X75DE', 'HW9EE', 'K5M9Y']
    const right = drawn.map(groupIsRight)
    expect(right).toEqual(drawn.map(() => true))
    expect(groupIsRight('NASDB', 0)).toBe(false)
    expect(groupIsRight('NASDA', 1)).toBe(false)
    expect(groupIsRight('ANSDA', 0)).toBe(false)
    expect(groupIsRight('NASD', 0)).toBe(false)
    expect(groupIsRight('NASD0', 0)).toBe(false)
  })
})

describe('a forgotten passphrase', () => {
  const closed: Partial<StoreStatus> = { open: false, user: null, users: [{ name: '罗永福', role: 'secretary', role_name: '书记' }] }

  function door(superior: string | null) {
    let asked: string | null = null
    return bridge({
      'store.status': () => aVillage(closed),
      'help.state': () => ({ superior, waiting_for: asked === null ? null : '罗永福', asked_at: asked }),
      'help.ask': (r) => {
        asked = at
        return { path: r.out, user: '罗永福', superior: superior ?? '' }
      },
      'help.accept': () => ({ status: aVillage() }),
      'store.recover': () => ({ status: aVillage() }),
    })
  }

  it('is set anew with the township: a question, the way there, the answer, and in', async () => {
    const b = door('柳坝镇党委')
    const paths = ['/media/stick/求助', '/media/stick/答复']
    setPathAsker(async () => paths.shift() ?? null)
    const { router } = await show(SignInPage, { at: '/sign-in' })
    await press('忘了口令')
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
    await press('写求助文件到')
    expect(b.of('help.ask')).toEqual([{ user: '罗永福', out: '/media/stick/求助' }])
    await press('拿回来了')
    await fill('新口令', '柳坝的水')
    await press('就用这个口令')
    expect(b.of('help.accept')).toEqual([])
    await fill('再输一遍', '柳坝的水')
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
    await press('就用这个口令')
    expect(b.of('help.accept')).toEqual([{ file: '/media/stick/答复', passphrase: '柳坝的水' }])
    expect(router.currentRoute.value.path).toBe('/today')
  })

  it('is set anew with the code, pasted whole; a group that was copied wrong is named', async () => {
    const b = door(null)
    await show(SignInPage, { at: '/sign-in' })
    await press('忘了口令')
    expect(document.body.textContent).toContain('现在还不行')
    const inputs = () => [...document.querySelectorAll<HTMLInputElement>('.code input')]
    const paste = async (text: string, place = 0) => {
      const input = inputs()[place] as HTMLInputElement
      input.value = text
      input.dispatchEvent(new Event('input'))
      await flushPromises()
    }
    await paste('nasda urzv7 spyj8 2vgtr z9p3j x75df hw9ee k5m9y')
    expect(document.querySelector('.err')?.textContent).toContain('第 6\u00a0段抄错了')
    await paste('X75DE', 5)
    expect(document.querySelector('.err')).toBeNull()
    await fill('新口令', '柳坝的水')
    await fill('再输一遍', '柳坝的水')
    await press('就用这个口令')
    expect(b.of('store.recover')).toEqual([{ user: '罗永福', recovery_code: 'NASDA-URZV7-SPYJ8-2VGTR-Z9P3J-X75DE-HW9EE-K5M9Y', passphrase: '柳坝的水' }])
  })
})
