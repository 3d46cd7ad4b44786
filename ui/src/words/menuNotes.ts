import { sentences } from './sp'

/** A line about each menu item that 大字版 keeps under 更多, by its key. */
export const menuNotes: Readonly<Record<string, string>> = sentences({
  posts: '谁管哪一摊，谁还没定岗',
  courtyards: '手记、代办、联络员',
  points: '记积分、看积分',
  roster: '全部的人',
  stick: '和上下级交换',
})
