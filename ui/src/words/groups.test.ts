import { expect, it } from 'vitest'
import { shortGroup } from './groups'

it('says a group as people do, and leaves a name that is none of the usual ones', () => {
  expect(['第二党小组', '第十二小组', '第3党小组', '上河湾党小组', '流动党员党小组'].map(shortGroup)).toEqual(['二组', '十二组', '3组', '上河湾党小组', '流动党员党小组'])
})
