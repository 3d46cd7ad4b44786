import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setPathAsker } from '@/api/files'
import type { ImportPreview, Letters, StoreStatus } from '@/api/types'
import { aVillage, bridge, refusal } from '@/testing/bridge'
import { findings, show } from '@/testing/mount'
import { aPreview } from '@/testing/people'
import ImportPage from './ImportPage.vue'

vi.setConfig({ testTimeout: 30_000 })

afterEach(() => {
  setPathAsker(null)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const done = { group: 'g', text: '从「党员名册2024.xls」写进花名册：新增1人', at: '2026-06-12T10:26:00+08:00' }

function village(change: Partial<StoreStatus> = {}, preview: Partial<ImportPreview> = {}, opens: () => { job: string } = () => ({ job: 'open' }), putOff: () => object = () => ({})) {
  setPathAsker(async () => '/media/U盘/名册.xls')
  return bridge({
    'store.status': () => aVillage(change),
    'import.open': opens,
    'import.map': (r) => aPreview({ ...preview, header_rows: r.header_rows ?? [4], columns: aPreview().columns.map((c) => ({ ...c, field: r.columns.find((x) => x.column === c.column)?.field ?? c.field })) }),
    'import.commit': () => ({ job: 'commit' }),
    'import.rejects': (r) => ({ path: r.out, rows: 2 }),
    'backup.write': (r) => ({ path: r.out, bytes: 48_000 }),
    'job.status': ({ job }) => ({
      done: 5, total: 5, text: '', finished: true, error: null, result: job === 'open' ? aPreview(preview) : { done, new: 2, changed: 1 },
    }),
    'job.cancel': () => ({}),
    'backup.later': () => putOff() as Record<string, never>,
  })
}
const press = async (text: string) => {
  const button = [...document.querySelectorAll('button')].find((b) => b.textContent?.includes(text))
  if (!button) throw new Error(`no button ${text}`)
  button.click()
  await flushPromises()
}
const main = () => document.querySelector<HTMLElement>('.main-act')
const toColumns = () => press('选文件')
async function toReview() {
  await toColumns()
  main()?.click()
  await flushPromises()
}

describe.each(['normal', 'big'] as Letters[])('the wizard in the %s layout', (letters) => {
  it('is sound for readers at each step and never has two main buttons', async () => {
    village({ letters, backup_offered: false })
    await show(ImportPage, { at: '/roster/import' })
    for (const step of ['选文件', '对列名', '看一遍', '写进名册']) {
      expect(await findings(), step).toEqual([])
      expect(document.querySelectorAll('.main-act'), step).toHaveLength(1)
      if (step === '选文件') await toColumns()
      else main()?.click()
      await flushPromises()
    }
  })
})

describe('choosing the file', () => {
  it('says what is missing when pressed too early', async () => {
    village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    main()?.click()
    await flushPromises()
    expect(wrapper.text()).toContain('还没选文件。')
  })

  it('says in three parts why a file cannot be read, and stays', async () => {
    village({}, {}, () => {
      throw refusal('refused', '这张表上了锁，没有读进来。名册没有动。', '在表格程序里去掉口令，再选一次。')
    })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toColumns()
    expect(wrapper.get('[role=alert]').text()).toContain('这张表上了锁')
    expect(wrapper.get('.steps [aria-current=step]').text()).toContain('选文件')
  })

  it('can be stopped, and then nothing was written', async () => {
    vi.useFakeTimers()
    let stopped = false
    const b = village()
    const asked = globalThis.fetch
    vi.stubGlobal('fetch', (url: string, init: never) => {
      if (url.endsWith('job.cancel')) stopped = true
      if (!url.endsWith('job.status')) return asked(url, init)
      const error = stopped ? { code: 'cancelled', message: '停下了。', next_step: '', field: null } : null
      return Promise.resolve({ ok: true, json: async () => ({ done: 3, total: null, text: '读了3行', finished: stopped, result: null, error }) })
    })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toColumns()
    expect(wrapper.text()).toContain('正在读这张表')
    await press('停下')
    await vi.advanceTimersByTimeAsync(300)
    expect(b.of('job.cancel')).toEqual([{ job: 'open' }])
    expect(wrapper.text()).toContain('停下了，什么都没写。')
  })
})

describe('the columns', () => {
  it('say what each was taken for, how surely, and what stands in it', async () => {
    village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toColumns()
    const rows = wrapper.findAll('tbody tr').map((r) => r.text())
    expect(rows[0]).toContain('认准了')
    expect(rows[1]).toContain('139****0164')
    expect(rows[1]).toContain('大概是')
    expect(rows[2]).toContain('不收')
    expect(wrapper.get('.head').text()).toContain('第 4\u00a0行是表头，共 5\u00a0行')
  })

  it('are not left without a name among them', async () => {
    village({}, { columns: aPreview().columns.map((c) => ({ ...c, field: null })) })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    expect(wrapper.text()).toContain('还没有哪一列是姓名。')
    expect(wrapper.get('.steps [aria-current=step]').text()).toContain('对列名')
  })

  it('are read again from another header row', async () => {
    const b = village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toColumns()
    await press('表头认错了')
    await wrapper.get('.header input').setValue('3、4')
    await press('按这一行重新认')
    expect(b.of('import.map')).toEqual([{ session: 's1', columns: [], header_rows: [3, 4] }])
  })

  it('are asked again only when somebody corrected one', async () => {
    const b = village()
    await show(ImportPage, { at: '/roster/import' })
    await toReview()
    expect(b.of('import.map')).toEqual([])
  })
})

describe('the look before writing', () => {
  it('says on its button what will happen', async () => {
    village()
    await show(ImportPage, { at: '/roster/import' })
    await toReview()
    expect(main()?.textContent).toContain('写进名册：新增 1\u00a0人，改 1\u00a0人')
  })

  it('stands in the order doubtful, changed, refused, new, same', async () => {
    village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    expect(wrapper.findAll('.cat b').map((b) => b.text())).toEqual(['存疑', '有变化', '不收', '新增', '一样'])
    expect(wrapper.findAll('.cat em').map((b) => b.text())).toEqual(['1', '1', '1', '1', '1'])
    const said = wrapper.get('.items').text()
    const places = ['张成林', '李国强', '没有姓名，认不出是谁', '邓小兰', '冯有才'].map((t) => said.indexOf(t))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
  })

  it('leaves a doubtful row out until somebody says who it is', async () => {
    const b = village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    const radios = wrapper.findAll<HTMLInputElement>('.which input')
    expect(radios.map((r) => r.element.checked)).toEqual([false, false, false, true])
    await radios[0]?.setValue()
    expect(main()?.textContent).toContain('新增 1\u00a0人，改 2\u00a0人')
    await radios[2]?.setValue()
    expect(main()?.textContent).toContain('新增 2\u00a0人，改 1\u00a0人')
    main()?.click()
    await flushPromises()
    expect(b.of('import.commit')).toEqual([{ session: 's1', choices: {}, candidates: { 23: 'new' } }])
  })

  it('keeps the old where the new is less precise, and takes what one chooses for each field', async () => {
    const b = village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    const sides = () => wrapper.findAll('[role=radiogroup].keep').map((g) => g.get('[aria-checked=true]').text())
    expect(sides()).toEqual(['用新的', '留旧的'])
    await wrapper.findAll('[role=radiogroup].keep')[0]?.trigger('keydown', { key: 'ArrowLeft' })
    expect(sides()).toEqual(['留旧的', '留旧的'])
    expect(main()?.textContent).not.toContain('改 1')
    await press('这个人都用新的')
    expect(sides()).toEqual(['用新的', '用新的'])
    main()?.click()
    await flushPromises()
    expect(b.of('import.commit')).toEqual([{ session: 's1', choices: { 17: { phones: 'new', joined_on: 'new' } }, candidates: {} }])
  })

  it('gives the rows that wait as a table', async () => {
    const b = village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    await press('存疑和不收的 2')
    expect(b.of('import.rejects')).toEqual([{ session: 's1', out: '/media/U盘/名册.xls' }])
    expect(wrapper.text()).toContain('2\u00a0行存成表了')
  })

  it('loses nothing when one goes back a step', async () => {
    village()
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    await wrapper.findAll('.which input')[1]?.setValue()
    await press('上一步')
    main()?.click()
    await flushPromises()
    expect(wrapper.findAll<HTMLInputElement>('.which input').map((r) => r.element.checked)).toEqual([false, true, false, false])
  })
})

describe('after writing', () => {
  it('says what was written and offers the first backup', async () => {
    const b = village({ backup_offered: false })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    main()?.click()
    await flushPromises()
    expect(wrapper.text()).toContain('写好了：新增 2\u00a0人，改了 1\u00a0人。')
    await press('存一份备份')
    expect(b.of('backup.write')).toHaveLength(1)
    expect(wrapper.text()).toContain('备份好了')
  })

  it('asks once where the backup goes, and says to leave the stick in only when it is being written', async () => {
    const b = village({ backup_offered: false })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    main()?.click()
    await flushPromises()
    const asked: ((path: string | null) => void)[] = []
    setPathAsker(() => new Promise((answer) => asked.push(answer)))
    await press('存一份备份')
    await press('存一份备份')
    expect(asked).toHaveLength(1)
    expect(wrapper.text()).not.toContain('先别拔')
    for (const answer of asked) answer('/media/U盘/备份')
    let warned = false
    for (let turn = 0; turn < 200 && !wrapper.text().includes('备份好了'); turn += 1) {
      warned ||= wrapper.text().includes('先别拔')
      await Promise.resolve()
    }
    expect(warned).toBe(true)
    expect(wrapper.text()).toContain('备份好了')
    expect(b.of('backup.write')).toHaveLength(1)
  })

  it('does not offer again what was put off, and says when that could not be kept', async () => {
    let kept = false
    const answers = village({ backup_offered: false }, {}, () => ({ job: 'open' }), () => {
      if (!kept) throw refusal('disk_full', '电脑的盘满了。', '腾出200 MB再点一次。')
      return {}
    })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    main()?.click()
    await flushPromises()
    await press('以后再说')
    expect(wrapper.text()).toContain('电脑的盘满了。')
    expect(wrapper.text()).toContain('存一份备份')
    kept = true
    await press('以后再说')
    expect(answers.of('backup.later')).toHaveLength(2)
    expect(wrapper.text()).not.toContain('存一份备份')
  })

  it('offers no backup where there was one', async () => {
    village({ backup_offered: true })
    const { wrapper } = await show(ImportPage, { at: '/roster/import' })
    await toReview()
    main()?.click()
    await flushPromises()
    expect(wrapper.text()).not.toContain('存一份备份')
  })
})
