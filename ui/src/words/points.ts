import type { Per, RuleCounts } from '@/api/types'
import { signed } from './figures'
import { sentences } from './sp'

/** What a cap counts over, in words. */
const periods: Record<Per, string> = { once: '这一回', time: '这一次', day: '这一天', month: '这个月', quarter: '这一季', half_year: '这半年', year: '今年' }

/** A number of a cell with what it counts. */
const counted = (n: number, counts: RuleCounts) => `${n}${{ times: '次', score: '分', hours: '小时' }[counts]}`

/** 积分: the grid, its foot, the paste. */
export const points = sentences({
  title: '记积分',
  sentence: (date: string, group: string) => `${date}，${group}积分。`,
  had: (n: number) => `这天已经交过${n}格。`,
  keeping: '边填边存。',
  kept: (at: string) => `边填边存，${at}已存。`,
  notKept: '刚填的还没存进草稿，都在这一页上。',
  who: '哪些人',
  group: (name: string, n: number) => `${name}${n}人`,
  day: '哪天',
  badDay: '看不出是哪一天。写成2026-06-05或者6.5都行。',
  rules: '规则',
  book: (name: string, version: string) => `${name}${version}版`,
  paste: '从Excel粘贴',
  review: '审核和排名',
  keys: { fill: '填次数', Enter: '下一人', Tab: '下一列', 'Ctrl D': '同上' },
  grid: '记积分的格子，人在左边，规则在上面',
  counted: (n: number, counts: RuleCounts) => counted(n, counts),
  foot: {
    at: (name: string, rule: string) => `${name}，${rule}：`,
    empty: (cap: string) => `${cap}。`,
    used: (period: Per, n: number) => `${periods[period]}已经${n}分`,
    gives: (n: number, counts: RuleCounts, granted: number) => `这${counted(n, counts)}记${signed(granted)}分。`,
    stop: '。',
    comma: '，',
    full: (n: number, counts: RuleCounts) => `到顶了。这${counted(n, counts)}照样记下来，分数记0。`,
    partly: (n: number, counts: RuleCounts, granted: number) => `快到顶了。这${counted(n, counts)}照样记下来，分数记${signed(granted)}。`,
    had: (n: number, counts: RuleCounts) => `这天已经交过${counted(n, counts)}，再交就照新填的改。`,
    none: '点一格，填次数，这里说会记多少分。',
  },
  counts: (people: number, capped: number) => (capped > 0 ? `${people}人有分，${capped}处到顶` : `${people}人有分`),
  submit: (sum: number) => `交小组评定：${signed(sum)}分`,
  submitEmpty: '交小组评定',
  missing: '还没填一格。点一格，按1到9填次数。',
  claimed: (n: number, sum: number) => `交给小组了，${n}格，${signed(sum)}分。评定以后才进账。`,
  unchanged: '和交过的一样，没有要改的。',
  noPeople: '这一组还没有人',
  noPeopleText: '花名册里有了人，这里就有格子。',
  toRoster: '去花名册',
  noRules: '还没有积分办法',
  noRulesText: '镇里发来积分办法，读一次U盘就有了。',
  toStick: '去读U盘',
  check: {
    title: '看一看再收',
    where: '把Excel里选好的一块复制了，贴在这里',
    hint: '第一列是姓名、第一行是规则名，就照名字对；没有的话，从现在这一格往右往下填。',
    found: (people: number, cells: number) => `看懂了${cells}格，${people}个人。`,
    unknown: (n: number, names: string) => `${n}个名字对不上：${names}。`,
    twins: (names: string) => `有两个同名的：${names}。请在格子里手填。`,
    rules: (names: string) => `这几列没有这样的规则：${names}。`,
    unread: (n: number, what: string) => `${n}格看不懂：${what}。`,
    outside: (n: number) => `${n}格超出了表，没有收。`,
    left: '没收的不会动，原来填的也在。',
    take: (n: number) => `收下这${n}格`,
    nothing: '这里没有能收的。',
    leave: '不收',
  },
})
