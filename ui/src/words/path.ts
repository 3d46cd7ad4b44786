import { sentences } from './sp'

/** Asking for a path in words, where there is no dialog for it. */
export const path = sentences({
  file: '文件在哪里',
  folder: '哪个文件夹',
  note: '（写全，从盘符或者 / 开始）',
  missing: '还没写在哪里。',
  take: '就用这个',
  save: '存到这里',
  leave: '先不选',
})
