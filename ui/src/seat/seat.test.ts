import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { call } from '@/api/client'
import YbUndo from '@/components/YbUndo.vue'
import { aVillage, bridge } from '@/testing/bridge'
import { show } from '@/testing/mount'
import { useColumns } from './columns'
import { draftRoute, keepDrafts, useDraft } from './drafts'
import { IDLE_MINUTES, lockWhenIdle } from './idle'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function within<T>(use: () => T): Promise<{ used: T; leave: () => void }> {
  let used: T | undefined
  const { wrapper } = await show(defineComponent({ setup: () => ((used = use()), () => null) }))
  return { used: used as T, leave: () => wrapper.unmount() }
}

describe('the columns somebody chose', () => {
  it('are kept for the next time, and the order of the house is kept as none', async () => {
    const columns: Record<string, string[]> = { roster: ['age', 'sex'] }
    const b = bridge({
      'store.status': () => aVillage(),
      'settings.get': () => ({ lock_minutes: 10, letters: 'normal', columns, backup_folder: null, backup_paused: false }),
      'settings.set': (r) => ({ lock_minutes: 10, letters: 'normal', columns: Object.assign(columns, r.columns), backup_folder: null, backup_paused: false }),
    })
    const { used } = await within(() => useColumns('roster'))
    await flushPromises()
    expect(used.shown.value).toEqual(['age', 'sex'])
    expect(b.of('settings.set')).toEqual([])
    used.shown.value = ['sex']
    await flushPromises()
    used.shown.value = null
    await flushPromises()
    expect(b.of('settings.set')).toEqual([{ columns: { roster: ['sex'] } }, { columns: { roster: [] } }])
  })
})

describe('what is being typed', () => {
  function drafts() {
    const kept = new Map<string, unknown>()
    const b = bridge({
      'store.status': () => aVillage(),
      'draft.put': (r) => {
        kept.set(r.key, r.body)
        return { at: '2026-06-12T10:26:00+08:00' }
      },
      'draft.get': (r) => ({ body: kept.get(r.key) ?? null, at: null }),
      'draft.drop': (r) => {
        kept.delete(r.key)
        return {}
      },
    })
    return { b, kept }
  }

  it('is kept after a pause, before the lock falls, and when the page is left', async () => {
    const { b, kept } = drafts()
    const body = ref({ text: '' })
    const { used, leave } = await within(() => useDraft(ref('note:1'), body))
    vi.useFakeTimers()
    expect(await used.load()).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    body.value.text = '水管'
    await vi.advanceTimersByTimeAsync(300)
    expect(b.of('draft.put')).toEqual([])
    body.value.text = '水管漏了'
    await vi.advanceTimersByTimeAsync(700)
    expect(b.of('draft.put')).toEqual([{ key: 'note:1', body: { text: '水管漏了' } }])
    body.value.text = '水管漏了，夜'
    await nextTick()
    await keepDrafts()
    expect(kept.get('note:1')).toEqual({ text: '水管漏了，夜' })
    await vi.advanceTimersByTimeAsync(700)
    expect(b.of('draft.put')).toHaveLength(2)
    body.value.text = '水管漏了，夜里'
    await nextTick()
    leave()
    await vi.advanceTimersByTimeAsync(1)
    expect(kept.get('note:1')).toEqual({ text: '水管漏了，夜里' })
  })

  it('comes back, and is gone once it was saved for good', async () => {
    const { kept } = drafts()
    kept.set('note:1', { text: '水管漏了' })
    const { used } = await within(() => useDraft(ref('note:1'), ref({ text: '' })))
    expect(await used.load()).toEqual({ text: '水管漏了' })
    await used.drop()
    expect(kept.size).toBe(0)
  })

  it('leads back to where it is written', () => {
    expect(draftRoute('note:abc')).toBe('/courtyards?write=1&id=abc')
    expect(draftRoute('note:new')).toBe('/courtyards?write=1')
    expect(draftRoute('member:abc')).toBe('/roster/abc?edit=1')
    expect(draftRoute('something else')).toBe('/today')
  })
})

describe('the bar of the last act', () => {
  it('offers to take back what was done, and nothing where nothing was changed', async () => {
    const at = '2026-06-12T10:26:00+08:00'
    let done = { group: 'g1', text: '记积分3人，共11分', at }
    bridge({ 'store.status': () => aVillage(), 'points.claim': () => ({ claims: 3, points: 11, done }) })
    const { wrapper } = await show(YbUndo)
    const claim = async () => {
      await call('points.claim', { group: 'members', date: '2026-06-12', event: null, cells: [] })
      await flushPromises()
    }
    await claim()
    expect(wrapper.text()).toContain('撤销')
    done = { group: '', text: '没有要改的，原来就是这样', at }
    await claim()
    expect(wrapper.text()).toContain('没有要改的')
    expect(wrapper.text()).not.toContain('撤销')
  })
})

describe('the lock', () => {
  it('falls when nobody touched anything for long, and not before', () => {
    vi.useFakeTimers()
    const lock = vi.fn()
    const idle = lockWhenIdle(lock)
    idle.start()
    vi.advanceTimersByTime((IDLE_MINUTES * 60 - 1) * 1000)
    window.dispatchEvent(new Event('keydown'))
    vi.advanceTimersByTime((IDLE_MINUTES * 60 - 1) * 1000)
    expect(lock).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(lock).toHaveBeenCalledTimes(1)
    idle.stop()
  })

  it('falls after as many minutes as were chosen, also when another number was chosen meanwhile', () => {
    vi.useFakeTimers()
    const lock = vi.fn()
    let minutes = 3
    const idle = lockWhenIdle(lock, () => minutes)
    idle.start()
    vi.advanceTimersByTime(2 * 60_000)
    minutes = 5
    window.dispatchEvent(new Event('pointermove'))
    vi.advanceTimersByTime(5 * 60_000 - 1)
    expect(lock).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(lock).toHaveBeenCalledTimes(1)
    idle.stop()
  })
})
