import { describe, expect, it } from 'vitest'
import { useAttempt } from './attempt'

/** Work that ends when it is told to. */
function slowly<Answer>() {
  let begun = 0
  let end: (answer: Answer) => void = () => undefined
  let fail: (thrown: unknown) => void = () => undefined
  const work = () => {
    begun += 1
    return new Promise<Answer>((resolve, reject) => ([end, fail] = [resolve, reject]))
  }
  return { work, begun: () => begun, end: (answer: Answer) => end(answer), fail: (thrown: unknown) => fail(thrown) }
}

describe('an attempt', () => {
  it('gives back what the work answered, which tells it from one that failed', async () => {
    const { attempt, error } = useAttempt()
    expect(await attempt(async () => 41)).toEqual({ answer: 41 })
    // Nothing answered is done all the same.
    expect(await attempt(async () => undefined)).toEqual({ answer: undefined })
    expect(await attempt(() => Promise.reject(new Error('磁盘满了')))).toBeNull()
    expect(error.value).toEqual(new Error('磁盘满了'))
  })

  it('does not begin while another runs, and says so; the first goes on', async () => {
    const { attempt, busy, error } = useAttempt()
    const [first, second] = [slowly<string>(), slowly<string>()]
    const running = attempt(first.work)
    expect(busy.value).toBe(true)
    expect(await attempt(second.work)).toBeNull()
    expect(second.begun()).toBe(0)
    expect([busy.value, error.value]).toEqual([true, null])
    first.end('写好了')
    expect(await running).toEqual({ answer: '写好了' })
    expect(first.begun()).toBe(1)
    expect(busy.value).toBe(false)
    expect(await attempt(async () => '再来')).toEqual({ answer: '再来' })
  })

  it('keeps what went wrong until the next one begins, not until it ends', async () => {
    const { attempt, error } = useAttempt()
    await attempt(() => Promise.reject(new Error('没写成')))
    const again = slowly<void>()
    expect(error.value).toEqual(new Error('没写成'))
    const running = attempt(again.work)
    expect(error.value).toBeNull()
    again.fail('还是没写成')
    await running
    expect(error.value).toBe('还是没写成')
  })

  it('forgets what went wrong when it is cleared', async () => {
    const { attempt, error, clear } = useAttempt()
    await attempt(() => Promise.reject(new Error('没写成')))
    clear()
    expect(error.value).toBeNull()
  })

  it('is over also when the work throws, at once or later', async () => {
    const { attempt, busy, error } = useAttempt()
    const late = slowly<void>()
    const running = attempt(late.work)
    late.fail(new Error('拔早了'))
    await running
    expect([busy.value, error.value]).toEqual([false, new Error('拔早了')])
    await attempt(() => {
      throw new Error('没有这一行')
    })
    expect([busy.value, error.value]).toEqual([false, new Error('没有这一行')])
  })

  it('keeps apart from the attempts of others', async () => {
    const [mine, yours] = [useAttempt(), useAttempt()]
    const slow = slowly<void>()
    void mine.attempt(slow.work)
    expect(await yours.attempt(async () => 1)).toEqual({ answer: 1 })
    slow.end()
  })
})
