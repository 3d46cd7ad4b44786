import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setPathAsker } from '@/api/files'
import type { HandoverList, Letters } from '@/api/types'
import { aVillage, bridge } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import HandoverPage from './HandoverPage.vue'

afterEach(() => {
  vi.unstubAllGlobals()
  setPathAsker(null)
  document.body.innerHTML = ''
})

const at = '2026-06-12T10:12:00+08:00'
const aList = (change: Partial<HandoverList> = {}): HandoverList => ({
  from: '罗永福', from_role_name: '书记', candidates: ['周晓雯'],
  items: [{ label: '党员和发展对象', count: 63, unit: '人', note: '' }, { label: '没办完的代办', count: 2, unit: '件', note: '其中罗永福名下 1 件' }],
  errands: [
    { id: '1'.repeat(32), number: '2026A0001', person: '何玉兰家', matter_name: '医保报销', promised_on: '2026-06-19', agent_name: '罗永福', theirs: true },
    { id: '2'.repeat(32), number: '2026A0002', person: '冯有才', matter_name: '低保', promised_on: null, agent_name: '周晓雯', theirs: false },
  ],
  theirs: 1, changes: 18204, digest: '0123456789abcdef', ...change,
})

function village(list: HandoverList, letters: Letters = 'normal') {
  return bridge({
    'store.status': () => aVillage({ letters }),
    'handover.preview': () => list,
    'handover.list': () => [{ on: '2024-03-01', from: '唐大明', to: '罗永福', witness: null, listed: [], digest: 'fedcba9876543210' }],
    'handover.do': (r) => ({ path: r.out, errands: 1, role_name: '书记', locked: true, done: { group: '', text: '', at } }),
  })
}

async function press(text: string) {
  const found = [...document.querySelectorAll('button')].filter((b) => b.textContent?.replace(/\u00a0/g, ' ').includes(text))
  expect(found.length, text).toBeGreaterThan(0)
  found.at(-1)?.click()
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it('办移交 is sound for readers and has one main button', async () => {
    village(aList(), letters)
    await show(HandoverPage, { at: '/handover' })
    expect(await findings()).toEqual([])
    expect(document.querySelectorAll('.main-act')).toHaveLength(1)
  })
})

describe('handing over', () => {
  it('shows what changes hands and what stays before anything is pressed', async () => {
    village(aList())
    const { wrapper } = await show(HandoverPage, { at: '/handover' })
    expect(wrapper.findAll('table tbody tr').map((tr) => tr.text().replace(/[\s\u00a0]+/g, ''))).toEqual(['党员和发展对象63人', '没办完的代办2件其中罗永福名下1件'])
    expect(wrapper.findAll('li small').map((s) => s.text())).toEqual(['要交给接手的人', '还是周晓雯办', '移交前的指纹 fedcba9876543210'])
  })

  it('says when nobody is chosen, and asks once before it binds', async () => {
    const b = village(aList())
    setPathAsker(async () => '/media/stick/移交清单.xlsx')
    const { wrapper } = await show(HandoverPage, { at: '/handover' })
    await press('写清单')
    expect(wrapper.text()).toContain('还没选谁接手。')
    wrapper.findAllComponents({ name: 'ElSelect' })[1]?.vm.$emit('update:modelValue', '周晓雯')
    await flushPromises()
    await press('写清单，交给周晓雯')
    expect(b.of('handover.do')).toEqual([])
    await press('移交给周晓雯，1 件代办换人')
    expect(b.of('handover.do')).toMatchObject([{ from: '罗永福', to: '周晓雯', witness: null, out: '/media/stick/移交清单.xlsx' }])
  })

  it('sends one to add somebody first when nobody could take over', async () => {
    village(aList({ candidates: [] }))
    const { wrapper } = await show(HandoverPage, { at: '/handover' })
    expect(wrapper.get('.main-act').text()).toBe('先去加一个人')
  })
})
