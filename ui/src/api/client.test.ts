import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { bridge, refusal } from '@/testing/bridge'
import { ApiError, call, onDone } from './client'
import { useJob } from './job'
import type { Done, JobStatus } from './types'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const done: Done = { group: 'g', text: '给王秀英定了「政策宣传岗」', at: '2026-06-12T10:12:00+08:00' }

describe('the door to the program', () => {
  it('gives the answer and sends the request as it is', async () => {
    const b = bridge({ 'draft.put': () => ({ at: '2026-06-12T10:00:00+08:00' }) })
    expect(await call('draft.put', { key: 'note:1', body: { text: '水管漏了' } })).toEqual({ at: '2026-06-12T10:00:00+08:00' })
    expect(b.asked).toEqual([{ command: 'draft.put', request: { key: 'note:1', body: { text: '水管漏了' } } }])
  })

  it('turns a refusal into an error that names its field', async () => {
    bridge({
      'member.void': () => {
        throw refusal('refused', '没写原因，没有作废。', '写一句原因。', 'reason')
      },
    })
    const failure: unknown = await call('member.void', { id: '1', reason: '' }).catch((e: unknown) => e)
    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).toMatchObject({ code: 'refused', message: '没写原因，没有作废。', next_step: '写一句原因。', field: 'reason' })
  })

  it('says in words that nobody answered', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('connection refused')
    })
    const failure: unknown = await call('home.today', {}).catch((e: unknown) => e)
    expect(failure).toMatchObject({ code: 'internal' })
    expect((failure as ApiError).message).toContain('已经存下的都在')
  })

  it('tells of every act that was written, and of nothing else', async () => {
    bridge({ 'courtyard.save': () => ({ id: '1', done }), 'draft.drop': () => ({}) })
    const heard: Done[] = []
    const stop = onDone((d) => heard.push(d))
    await call('courtyard.save', { id: null, name: '石院坝', party_group: null, households: 1, people: 1, x: null, y: null } as never)
    await call('draft.drop', { key: 'x' })
    stop()
    expect(heard).toEqual([done])
  })
})

describe('long work', () => {
  const step = (change: Partial<JobStatus>): JobStatus => ({ done: 0, total: 3, text: '', finished: false, result: null, error: null, ...change })
  const inScope = <T>(make: () => T): T => effectScope().run(make) as T

  it('is asked how far it is until it ends, and gives its result', async () => {
    vi.useFakeTimers()
    const steps = [step({ done: 1 }), step({ done: 2 }), step({ done: 3, finished: true, result: { new: 3, done } })]
    bridge({ 'job.status': () => steps.shift() ?? step({}) })
    const heard: Done[] = []
    const stop = onDone((d) => heard.push(d))
    const job = inScope(() => useJob<{ new: number }>())
    const result = job.start(async () => ({ job: 'j' }))
    await vi.advanceTimersByTimeAsync(300)
    expect(job.running.value).toBe(true)
    expect(job.done.value).toBe(2)
    await vi.advanceTimersByTimeAsync(600)
    expect(await result).toMatchObject({ new: 3 })
    expect(job.running.value).toBe(false)
    expect(heard).toEqual([done])
    stop()
  })

  it('fails as a command fails, though its answer came well', async () => {
    bridge({ 'job.status': () => step({ error: { code: 'damaged', message: '文件坏了一截。', next_step: '再写一个。', field: null } }) })
    const job = inScope(() => useJob())
    await expect(job.start(async () => ({ job: 'j' }))).rejects.toMatchObject({ code: 'damaged', message: '文件坏了一截。' })
    expect(job.running.value).toBe(false)
  })

  it('asks the program to stop', async () => {
    vi.useFakeTimers()
    let stopped = false
    const b = bridge({
      'job.status': () => (stopped ? step({ error: { code: 'cancelled', message: '停下了。', next_step: '', field: null } }) : step({})),
      'job.cancel': () => {
        stopped = true
        return {}
      },
    })
    const job = inScope(() => useJob())
    const ended = job.start(async () => ({ job: 'j' })).catch((e: unknown) => e)
    await vi.advanceTimersByTimeAsync(10)
    await job.stop()
    await vi.advanceTimersByTimeAsync(600)
    expect(await ended).toMatchObject({ code: 'cancelled' })
    expect(b.of('job.cancel')).toEqual([{ job: 'j' }])
  })
})
