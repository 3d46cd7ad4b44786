import { sentences } from './sp'

/** Files that were opened by a double click. */
export const opened = sentences({
  waits: (file: string) => `打开了${file}，进来以后就读它。`,
  notHere: (file: string, next: string) => `${file}没有读，文件和数据都没有动。${next}`,
  next: '这里现在读不了这种文件：换个能读的人进来，或者在上级的电脑上打开。',
  answerNext: '它是给忘了口令的人重定口令用的：先锁上，点「忘了口令」。',
  request: (file: string) => `打开了${file}。点「读申请，写授权」，就给它写授权。`,
  requestAbove: (file: string) => `${file}是申请，要拿到上级的电脑上打开。`,
  grant: (file: string) => `打开了${file}。点「读带回的授权」，就按它接上。`,
  close: '知道了',
})
