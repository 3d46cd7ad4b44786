// Writes what is built into the program beside its own code, and under which licence: every library once, and under each
// text the libraries that it belongs to. Reads what Cargo and npm have on this disk.  node libraries.mjs >libraries
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SHIPPED = ['yuanba', 'yuanba-cli']
const A_LICENCE = /^(licen[cs]e|copying|copyright|notice|unlicense)/i

const host = /host: (.*)/.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1]
const said = execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--filter-platform', host], { encoding: 'utf8', maxBuffer: 1 << 28 })
const { packages, resolve } = JSON.parse(said)
const crates = new Map(packages.map((p) => [p.id, p]))
const nodes = new Map(resolve.nodes.map((n) => [n.id, n]))

// What is only needed to build or to test is not shipped.
const shipped = new Set()
const next = packages.filter((p) => p.source === null && SHIPPED.includes(p.name)).map((p) => p.id)
while (next.length > 0) {
  const id = next.pop()
  if (shipped.has(id)) continue
  shipped.add(id)
  for (const dep of nodes.get(id).deps) if (dep.dep_kinds.some((k) => k.kind === null)) next.push(dep.pkg)
}
const libraries = [...shipped]
  .map((id) => crates.get(id))
  .filter((p) => p.source !== null)
  .map((p) => ({ name: `${p.name} ${p.version}`, licence: p.license ?? p.license_file ?? 'not stated', folder: dirname(p.manifest_path) }))

const modules = JSON.parse(readFileSync('ui/package-lock.json', 'utf8')).packages
for (const [path, m] of Object.entries(modules)) {
  const folder = join('ui', path)
  if (path === '' || m.dev || !existsSync(folder)) continue
  libraries.push({ name: `${path.replace(/^.*node_modules\//, '')} ${m.version}`, licence: m.license ?? 'not stated', folder })
}
libraries.sort((a, b) => a.name.localeCompare(b.name, 'en'))

const texts = new Map()
for (const { name, folder } of libraries) {
  for (const file of readdirSync(folder, { withFileTypes: true }).filter((f) => f.isFile() && A_LICENCE.test(f.name))) {
    const text = readFileSync(join(folder, file.name), 'utf8').replaceAll('\r\n', '\n').trim()
    texts.set(text, [...(texts.get(text) ?? []), name])
  }
}
const missing = libraries.filter((l) => l.licence === 'not stated')
if (missing.length > 0) throw new Error(`no licence is stated by ${missing.map((l) => l.name).join(', ')}`)

const rule = '='.repeat(100)
const lines = libraries.map((l) => `${l.name}: ${l.licence}`)
for (const [text, names] of texts) lines.push(rule, [...new Set(names)].join(', '), rule, text)
process.stdout.write(`${lines.join('\n')}\n`)
