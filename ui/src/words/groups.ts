/** A 党小组 as one says it where there is little room: `第二党小组` is `二组`. What is called otherwise keeps its name. */
export function shortGroup(name: string): string {
  const numbered = /^第([一二三四五六七八九十百]{1,4}|\d{1,3})(?:党)?小组$/.exec(name.trim())
  return numbered ? `${numbered[1] ?? ''}组` : name
}
