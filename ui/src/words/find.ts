import { sentences } from './sp'

/** 找人找事. */
export const find = sentences({
  title: '找人找事',
  placeholder: '姓名、拼音、电话后四位、院坝、哪件事',
  nothing: (text: string) => `没找到「${text}」。试试姓名的一个字，或者手机后四位。`,
})
