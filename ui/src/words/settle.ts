import { sentences } from './sp'

/** 定不一致. */
export const settle = sentences({
  title: '不一致',
  titleOf: (name: string) => `不一致：${name}`,
  sentence: (n: number, set: number) => `两边各改各的，写得不一样。${n}处，已定${set}处。不用的那个也留着，以后查得到。`,
  left: (n: number) => `还剩${n}处`,
  allSet: '都定了',
  field: '哪一项',
  side: (i: number) => `第${i}种写法`,
  by: (who: string, when: string) => (who === '' ? when : `${who}写，${when}`),
  take: '用这个',
  takeOf: (field: string, value: string) => `${field}，${value}，用这个`,
  careful: { id_number: '要对着身份证定', joined_on: '以档案为准' } as Record<string, string>,
  kinds: { field: '', ledger: '这笔账两边记得不一样', person: '可能是同一个人' },
  note: '拿不准的先放着，两个都会显示，不耽误别的事。',
  emptyValue: '没有写',
  previous: '上一件',
  next: (n: number) => `下一件，还有${n}件`,
  partial: '没定完也能存，下次接着定',
  save: (n: number) => `存下定好的${n}处`,
  saveNone: '存下定好的',
  missing: '还没定一处。对着点「用这个」。',
  saved: (n: number) => `定好了${n}处。`,
  empty: '没有不一致的',
  emptyText: '和上下级交接以后，两边写得不一样的会排在这里。',
  toStick: '回U盘交接',
})
