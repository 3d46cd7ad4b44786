import { sentences } from './sp'

/** What a field says by itself. */
export const fields = sentences({
  choose: '选一个',
  noChoice: '没有这一个',
  unreadDate: '看不出是哪一天。',
  unreadDateNext: '写成2026-06-12、2003.12或者85.7都行，不知道就空着。',
  look: '看一眼',
  cover: '遮起来',
  capsLock: ['大写锁开着，按一下键盘左边的', '再输。'],
})
