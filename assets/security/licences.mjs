// Holds the licence of every module that the pages are built from against the list that the program's own libraries are held
// against: node licences.mjs deny.toml package-lock.json. Names what is not on it and says how many of which there are.
import { readFileSync } from 'node:fs'

const [rules, lock] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'))
const allowed = new Set(/^allow = \[([^\]]*)\]/m.exec(rules)[1].match(/"[^"]+"/g).map((word) => word.slice(1, -1)))
// Tools only, of which nothing goes into the pages.
const tools = new Set(['MPL-2.0'])

/** One of several, or all of several: `A OR B`, `A AND B`. */
const holds = (licence, dev) => {
  const fits = (one) => allowed.has(one) || (dev && tools.has(one))
  const words = (licence ?? '').replace(/[()]/g, '')
  return words.includes(' AND ') ? words.split(' AND ').every(fits) : words.split(' OR ').some(fits)
}

const counts = new Map()
const wrong = []
for (const [path, { license, dev }] of Object.entries(JSON.parse(lock).packages)) {
  if (!path) continue
  counts.set(license, (counts.get(license) ?? 0) + 1)
  if (!holds(license, dev)) wrong.push(`${path}: ${license ?? 'no licence'}`)
}
for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${String(count).padStart(5)}  ${licence}`)
if (wrong.length > 0) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
