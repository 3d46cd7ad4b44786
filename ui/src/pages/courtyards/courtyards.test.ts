import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Courtyard, Errand, Letters, Note } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import CourtyardsPage from './CourtyardsPage.vue'
import { placeOf, places, spotOf } from './mapPlaces'
import { isBlank, readNote } from './noteDraft'


const id = (n: number) => n.toString(16).padStart(32, '0')
const yard = (n: number, name: string, change: Partial<Courtyard> = {}): Courtyard => ({
  id: id(n), name, party_group: '第二党小组', households: 23, people: 71, x: null, y: null, liaison: { id: id(90), name: '周晓雯' },
  last_note: '2026-05-20', days_quiet: 6, overdue: false, open_errands: 0, ...change,
})
const anErrand = (n: number, change: Partial<Errand> = {}): Errand => ({
  id: id(200 + n), number: `2026-00${n}`, person: '何玉兰', matter: 'medical', matter_name: '医保报销', agent: id(90), agent_name: '周晓雯', papers: [], opened_on: '2026-06-03',
  promised_on: '2026-06-10', done_on: null, result: null, days_late: 2, rating: null, courtyard: id(1), courtyard_name: '石院坝', state: 'open', ...change,
})
const aNote: Note = { id: id(300), courtyard: id(1), courtyard_name: '石院坝', date: '2026-05-20', author: '罗永福', present: [{ name: '冯启顺', member: null }], text: '水沟盖板缺了三块。', tags: [], errand: null }
const done = { group: 'g', text: '写了石院坝的手记', at: '2026-06-12T10:26:00+08:00' }

function village(change: { yards?: Courtyard[]; errands?: Errand[]; letters?: Letters; fail?: boolean; draft?: unknown } = {}) {
  const yards = change.yards ?? [yard(1, '石院坝', { open_errands: 1 }), yard(2, '黄桷树', { days_quiet: 46, overdue: true }), yard(3, '坪上', { days_quiet: null, liaison: null })]
  return bridge({
    'store.status': () => aVillage({ letters: change.letters ?? 'normal' }),
    'courtyard.list': () => ({ sentence: `${yards.length}个院坝，186户。`, courtyards: yards }),
    'courtyard.card': (r) => ({ courtyard: yards.find((y) => y.id === r.id) ?? yard(1, '石院坝'), liaison: null, notes: [aNote], errands: [anErrand(1)] }),
    'courtyard.save': () => ({ id: id(9), done }),
    'courtyard.liaison': () => ({ done }),
    'draft.get': () => ({ body: change.draft ?? null, at: change.draft ? '2026-06-12T10:20:00+08:00' : null }),
    'draft.put': () => ({ at: '2026-06-12T10:26:00+08:00' }),
    'draft.drop': () => ({}),
    'errand.catalogue': () => [{ id: 'medical', name: '城乡居民医保报销', category: '医保社保', office: '镇便民服务中心', words: ['住院', '报销'], papers: ['结算单', '身份证'], promise: { days: 5, working: true }, promised_on: '2026-06-22', explained: '5个工作日' }],
    'errand.promise': () => ({ promised_on: '2026-06-22', explained: '5个工作日，已跳过周末和端午（6月19日）' }),
    'errand.list': () => change.errands ?? [anErrand(1), anErrand(2, { person: '冯启顺', days_late: null, promised_on: '2026-06-20' })],
    'errand.finish': () => ({ done }),
    'errand.refuse': () => ({ done }),
    'errand.hand_up': () => ({ done }),
    'errand.rate': () => ({ done }),
    'errand.rating_form': () => ({
      name: '一件一评价',
      aspects: (['attitude', 'quality', 'efficiency'] as const).map((aspect, i) => ({ id: aspect, name: ['态度', '质量', '效率'][i] ?? '', question: '怎么样？', labels: ['头一档', '二档', '三档', '四档', `${aspect}五档`] })),
    }),
    'note.list': () => [aNote],
    'note.save': () => {
      if (change.fail) throw refusal('disk_full', '电脑的盘满了，这一条还没存进去，字都在这一页上。', '腾出200 MB再存一次。')
      return { note: id(301), errand: { id: id(201), number: '2026-003', promised_on: '2026-06-22' }, done }
    },
    'roster.query': () => ({ count: 1, ids: [id(90)], facets: { kinds: [], party_groups: [], doubtful: 0 }, sentence: '' }),
    'roster.rows': () => [{ id: id(90), name: '周晓雯', party_group: '一组', phone_masked: '138****0033' }] as never,
  })
}
const open = (at = `/courtyards?id=${id(1)}`) => show(CourtyardsPage, { at })
const mains = () => [...document.querySelectorAll<HTMLElement>('.main-act')].filter((m) => !m.closest('[style*="display: none"]'))
const write = async (wrapper: Awaited<ReturnType<typeof open>>['wrapper'], text: string) => {
  await wrapper.get('textarea').setValue(text)
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('in the %s layout', (letters) => {
  it.each([`/courtyards?id=${id(1)}`, '/courtyards?errand=1', '/courtyards?view=notes'])('%s is sound for readers and has one main button', async (at) => {
    village({ letters })
    await open(at)
    expect(await findings()).toEqual([])
    expect(mains()).toHaveLength(1)
  })
  it('a village without courtyards is told how to begin', async () => {
    village({ letters, yards: [] })
    const { wrapper } = await open('/courtyards')
    expect(wrapper.text()).toContain('还没有院坝')
    expect(mains().map((m) => m.textContent?.trim())).toEqual(['添第一个院坝'])
    expect(await findings()).toEqual([])
  })
})

describe('writing a note', () => {
  it('says what is missing instead of being greyed out, and sends nothing', async () => {
    const b = village()
    const { wrapper } = await open()
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没写听到了什么。')
    await write(wrapper, '水管接头又漏了')
    await wrapper.get('.turn').trigger('click')
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('不知道替谁去办')
    expect(b.of('note.save')).toEqual([])
  })

  it('turns into an errand in place, for whom one names, with the day explained', async () => {
    const b = village({ draft: { text: '住院 11 天，不知道怎么报销。', date: '2026-06-12', present: [{ name: '谢开秀', member: null }], errand: { matter: 'medical', agent: { id: id(90), name: '周晓雯' }, papers: ['结算单'], promised: null } } })
    const { wrapper } = await open()
    expect(wrapper.text()).toContain('转成代办，替谢开秀去办')
    expect(wrapper.text()).toContain('已跳过周末和端午')
    expect(wrapper.get('.main-act').text()).toBe('存手记，开 1\u00a0件代办')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('note.save')).toEqual([{
      courtyard: id(1), date: '2026-06-12', present: [{ name: '谢开秀', member: null }], text: '住院 11 天，不知道怎么报销。', tags: [],
      errand: { matter: 'medical', person: '谢开秀', agent: id(90), papers: ['结算单'], promised_on: null },
    }])
    expect(b.of('draft.drop')).toContainEqual({ key: `note:${id(1)}` })
    expect(wrapper.get<HTMLTextAreaElement>('textarea').element.value).toBe('')
    expect(wrapper.text()).toContain('2026-003')
    wrapper.unmount()
    expect(b.of('draft.put')).toEqual([])
  })

  it('keeps what is typed under its courtyard, also when one goes to another before the pause is over', async () => {
    const b = village()
    const { wrapper, router } = await open()
    await new Promise((resolve) => setTimeout(resolve))
    await write(wrapper, '水管接头又漏了')
    await router.replace(`/courtyards?id=${id(2)}`)
    await flushPromises()
    expect(b.of('draft.put')).toMatchObject([{ key: `note:${id(1)}`, body: { text: '水管接头又漏了' } }])
    expect(b.of('draft.get').at(-1)).toEqual({ key: `note:${id(2)}` })
  })

  it('guesses from what was said what is asked for', async () => {
    village()
    const { wrapper } = await open()
    await write(wrapper, '谢开秀住院回来，不知道怎么报销')
    await wrapper.get('.turn').trigger('click')
    await flushPromises()
    expect(wrapper.get('.er').text()).toContain('城乡居民医保报销')
    expect(wrapper.get('.er').text()).toContain('已跳过周末和端午')
  })

  it('leaves every word where it is when the note could not be written', async () => {
    const b = village({ fail: true })
    const { wrapper } = await open()
    await write(wrapper, '水管接头又漏了')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(wrapper.get<HTMLTextAreaElement>('textarea').element.value).toBe('水管接头又漏了')
    expect(wrapper.get('[role=alert]').text()).toContain('字都在这一页上')
    expect(b.of('draft.drop')).toEqual([])
  })

  it('adds somebody of the roster by Enter, and nobody while an input method composes', async () => {
    village()
    const { wrapper } = await open()
    await wrapper.get('.chip.add').trigger('click')
    await flushPromises()
    const box = wrapper.get('.pickperson input')
    await box.setValue('zxw')
    await flushPromises()
    await box.trigger('keydown', { key: 'Enter', isComposing: true })
    expect(wrapper.findAll('.chip:not(.add)')).toHaveLength(0)
    await box.trigger('keydown', { key: 'Enter' })
    expect(wrapper.findAll('.chip:not(.add)').map((c) => c.text())).toEqual(['周晓雯'])
  })

  it('reads a draft of whatever shape without losing the words in it', () => {
    expect(readNote({ text: '字都在', present: '谁', errand: 3 }, '2026-06-12')).toEqual({ text: '字都在', date: '2026-06-12', present: [], errand: null })
    expect(isBlank(readNote(null, '2026-06-12'))).toBe(true)
  })
})

describe('the map', () => {
  it('says of each courtyard when somebody was there, and of quiet ones that they wait', async () => {
    village()
    const { wrapper } = await open()
    expect(wrapper.findAll('.yard').map((y) => y.attributes('aria-label')).sort()).toEqual(['坪上，还没去过', '石院坝，6\u00a0天前，1\u00a0件没办完', '黄桷树，46\u00a0天没去'].sort())
    expect(wrapper.find('.land').exists()).toBe(false)
  })

  it('moves a courtyard by the arrow keys once one arranges, and keeps all that is known of it', async () => {
    const b = village({ yards: [yard(1, '石院坝', { x: 500, y: 500 })] })
    const { wrapper } = await open()
    await wrapper.get('.yard').trigger('keydown', { key: 'ArrowUp' })
    expect(b.of('courtyard.save')).toEqual([])
    await wrapper.get('.legend .btn').trigger('click')
    await wrapper.get('.yard').trigger('keydown', { key: 'ArrowUp' })
    await flushPromises()
    expect(b.of('courtyard.save')).toEqual([{ id: id(1), name: '石院坝', party_group: '第二党小组', households: 23, people: 71, x: 500, y: 475 }])
  })

  it('puts courtyards without a place apart from all others, and never moves those that have one', () => {
    for (let n = 1; n <= 20; n += 1) {
      const yards = Array.from({ length: n }, (_, i) => yard(i, `院坝${i}`, i % 3 === 0 ? { x: (i * 137) % 1001, y: (i * 311) % 1001 } : {}))
      const at = places(yards)
      for (const y of yards) if (y.x !== null) expect(at.get(y.id)).toEqual({ x: y.x, y: y.y })
      const grown = places([...yards, yard(99, '新院坝')])
      expect(new Set([...at.values()].map((s) => `${s.x} ${s.y}`)).size).toBe(n)
      expect(grown.size).toBe(n + 1)
    }
  })

  it('finds the place again that a point of the drawing stands for', () => {
    const sheet = { width: 510, height: 540 }
    for (const x of [0, 1, 250, 999, 1000]) expect(placeOf(spotOf(x, 1000 - x, sheet), sheet)).toEqual({ x, y: 1000 - x })
  })
})

describe('the ledger', () => {
  it('says where errands come from when there are none', async () => {
    village({ errands: [] })
    const { wrapper } = await open('/courtyards?errand=1')
    expect(wrapper.text()).toContain('写手记的时候勾上「转成代办」，就开一件。')
    expect(await findings()).toEqual([])
    expect(mains()).toHaveLength(1)
  })

  it('opens the latest errand, and closes it with a result', async () => {
    const b = village()
    const { wrapper } = await open('/courtyards?errand=1')
    expect(wrapper.text()).toContain('没办完的 2\u00a0件，1\u00a0件过了答应的日子。')
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没写结果。')
    await wrapper.get('textarea').setValue('报了 1860 元')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('errand.finish')).toMatchObject([{ id: id(201), result: '报了 1860 元' }])
  })

  it('asks for a reason before an errand is not taken on', async () => {
    const b = village()
    const { wrapper } = await open('/courtyards?errand=1')
    await wrapper.findAll('.ways .btn')[1]?.trigger('click')
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还没写原因。')
    await wrapper.get('textarea').setValue('不归村里办')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('errand.refuse')).toMatchObject([{ reason: '不归村里办' }])
  })

  it('rates a finished errand on the spot by all three', async () => {
    const b = village({ errands: [anErrand(4, { state: 'done', done_on: '2026-06-09', result: '办好了' })] })
    const { wrapper } = await open('/courtyards?errand=1')
    await wrapper.get('.main-act').trigger('click')
    expect(wrapper.text()).toContain('还有一样没点。')
    expect(wrapper.findAll('fieldset').map((f) => f.findAll('label').at(-1)?.text())).toEqual(['attitude 五档', 'quality 五档', 'efficiency 五档'].map((t) => t.replace(' ', '\u00a0')))
    for (const group of wrapper.findAll('fieldset')) await group.findAll('input')[3]?.setValue()
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    expect(b.of('errand.rate')).toEqual([{ id: id(204), attitude: 4, quality: 4, efficiency: 4 }])
  })

  it('says what was said of a rated errand in the words in which it was asked', async () => {
    village({ errands: [anErrand(4, { state: 'done', done_on: '2026-06-09', result: '办好了', rating: { attitude: 4, quality: 1, efficiency: 3 } })] })
    const { wrapper } = await open('/courtyards?errand=1')
    expect(wrapper.text()).toContain('态度，四档；质量，头一档；效率，三档')
  })
})

describe('adding a courtyard', () => {
  it('needs no more than a name, and refuses words where a number belongs', async () => {
    const b = village({ yards: [] })
    const { wrapper } = await open('/courtyards')
    await wrapper.get('.main-act').trigger('click')
    await flushPromises()
    const inputs = () => [...document.querySelectorAll<HTMLInputElement>('[role=dialog] input')]
    const type = async (i: number, text: string) => {
      const el = inputs()[i] as HTMLInputElement
      el.value = text
      el.dispatchEvent(new Event('input'))
      await flushPromises()
    }
    const press = async () => {
      document.querySelector<HTMLElement>('[role=dialog] .ways .btn')?.click()
      await flushPromises()
    }
    await type(0, '石院坝')
    await type(2, '二十')
    await press()
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('这里要写数字。')
    await type(2, '２３')
    await press()
    expect(b.of('courtyard.save')).toEqual([{ id: null, name: '石院坝', party_group: null, households: 23, people: null, x: null, y: null }])
  })
})
