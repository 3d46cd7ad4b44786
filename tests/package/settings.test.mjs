// What the packages tell the desktop, before one is built: icons, file types, the menu's entry, Windows.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, describe, it } from 'node:test'

process.chdir(resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..'))
const read = (file) => readFileSync(file, 'utf8')
const base = JSON.parse(read('tauri.conf.json'))
const windows = JSON.parse(read('assets/package/windows.json'))
const kinds = base.bundle.fileAssociations
const endings = kinds.flatMap((k) => k.ext).sort()
const work = mkdtempSync(join(tmpdir(), 'yuanba-package-'))
after(() => rmSync(work, { recursive: true }))

/** Every file under a folder. */
function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path)
    else yield path
  }
}

describe('the packages', () => {
  it('have the version of the program', () => {
    assert.equal(base.version, /\[workspace\.package\]\nversion = "(.*)"/.exec(read('Cargo.toml'))[1])
    assert.equal(base.bundle.license, /^license = "(.*)"$/m.exec(read('Cargo.toml'))[1])
  })

  it('bring every icon in the size that its name says', () => {
    assert.ok(base.bundle.icon.length >= 8)
    for (const icon of base.bundle.icon) {
      const bytes = readFileSync(icon)
      const size = Number(/(\d+)\.png$/.exec(icon)[1])
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [size, size], icon)
      assert.equal(bytes[25], 6, `${icon} is no RGBA`)
    }
    const ico = readFileSync(windows.bundle.icon[0])
    const widths = Array.from({ length: ico.readUInt16LE(4) }, (_, n) => ico[6 + 16 * n] || 256)
    assert.deepEqual(widths, [16, 24, 32, 48, 64, 256])
  })

  it('stand where the bundler knows a place for them', () => {
    const schema = JSON.parse(read('ui/node_modules/@tauri-apps/cli/config.schema.json'))
    const [, list] = /one of the following:\s*([^.]*)\./.exec(schema.definitions.BundleConfig.properties.category.description)
    assert.ok(list.split(/,\s*/).includes(base.bundle.category), list)
  })

  it('bring nothing that is not there', () => {
    for (const kind of ['deb', 'rpm']) {
      for (const file of [...Object.values(base.bundle.linux[kind].files), base.bundle.linux[kind].desktopTemplate, base.bundle.licenseFile]) {
        assert.ok(statSync(file).size > 0, file)
      }
    }
  })
})

describe('the file types', () => {
  it('are those that the pages ask for, and each has a page that reads it', () => {
    const asked = new Set()
    for (const file of filesUnder('ui/src')) {
      if (!/\.(vue|ts)$/.test(file) || file.endsWith('.test.ts')) continue
      for (const [, list] of read(file).matchAll(/extensions: \[([^\]]*)\]/g)) {
        for (const [, ending] of list.matchAll(/'(yuanba[^']*)'/g)) asked.add(ending)
      }
    }
    assert.deepEqual(endings, [...asked].sort())
    const pages = /const PAGES[^{]*\{([^}]*)\}/.exec(read('ui/src/seat/opened.ts'))[1]
    assert.deepEqual([...pages.matchAll(/^ {2}'?([a-z-]+)'?:/gm)].map((m) => m[1]).sort(), endings)
  })

  it('are understood by the desktop as they are announced', () => {
    const mime = join(work, 'mime')
    mkdirSync(join(mime, 'packages'), { recursive: true })
    writeFileSync(join(mime, 'packages/yuanba.xml'), read(base.bundle.linux.deb.files['/usr/share/mime/packages/yuanba.xml']))
    execFileSync('update-mime-database', [mime], { stdio: ['ignore', 'ignore', 'pipe'] })
    const known = read(join(mime, 'globs2')).split('\n').filter((line) => line.includes('yuanba')).map((line) => line.split(':').slice(1).join(':'))
    assert.deepEqual(known.sort(), kinds.map((k) => `${k.mimeType}:*.${k.ext[0]}`).sort())
    for (const kind of kinds) {
      const said = read(join(mime, `${kind.mimeType}.xml`))
      assert.ok(said.includes(kind.description), `${kind.mimeType} is called otherwise on Windows`)
    }
  })
})

describe("the menu's entry", () => {
  it('is sound and opens every kind', () => {
    const filled = {
      comment: base.bundle.shortDescription, exec: 'yuanba', icon: 'yuanba', categories: 'Office;', mime_type: kinds.map((k) => k.mimeType).join(';'),
    }
    const entry = join(work, 'yuanba.desktop')
    writeFileSync(entry, read(base.bundle.linux.deb.desktopTemplate).replaceAll(/\{\{(\w+)\}\}/g, (_, key) => filled[key] ?? assert.fail(key)))
    assert.equal(execFileSync('desktop-file-validate', [entry], { encoding: 'utf8' }), '')
    assert.match(read(entry), /^Name\[zh_CN\]=院坝$/m)
    assert.match(read(entry), /^Exec=yuanba %f$/m)
    assert.match(read(entry), new RegExp(`^MimeType=${kinds.map((k) => k.mimeType).join(';')};$`, 'm'))
  })
})

describe('on Windows', () => {
  const { nsis, webviewInstallMode } = windows.bundle.windows
  it('it installs for one person, in Chinese, without the network', () => {
    assert.deepEqual(windows.bundle.targets, ['nsis'])
    assert.equal(nsis.installMode, 'currentUser')
    assert.deepEqual(nsis.languages, ['SimpChinese'])
    assert.equal(webviewInstallMode.type, 'offlineInstaller')
  })

  // Both lie under %LOCALAPPDATA%: programs under the product's name, data where the shell keeps it.
  it('the program is not put into the folder of the data', () => {
    const data = /local\.join\("(.*)"\)/.exec(read('src-tauri/desktop/place.rs'))[1]
    assert.notEqual(windows.productName, data)
    assert.notEqual(base.identifier, data, 'the uninstaller clears the folder that has the identifier')
    assert.equal(windows.mainBinaryName, 'yuanba')
  })
})
