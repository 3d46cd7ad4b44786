import { chromium } from '@playwright/test'
import axe from 'axe-core'
const URL = 'http://127.0.0.1:7519'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] })
const page = await b.newPage({ viewport: { width: 1366, height: 768 } })
const call = async (c, body) => (await (await page.request.post(`${URL}/api/call/${c}`, { data: body })).json())
page.on('pageerror', (e) => console.log('ERR', e.message))
page.on('console', (m) => { if (m.type() === 'error') console.log('CON', m.text()) })
const only = process.argv[2]
async function shot(name) {
  await page.waitForTimeout(500)
  await page.screenshot({ path: `/tmp/pw/k-${name}.png` })
  await page.evaluate(axe.source)
  const v = await page.evaluate(async () => (await window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })).violations.map((x) => x.id + ' ' + x.nodes[0].html))
  const seals = await page.locator('.main-act:visible').count()
  const over = await page.evaluate(() => [document.documentElement.scrollWidth - document.documentElement.clientWidth, document.documentElement.scrollHeight - document.documentElement.clientHeight])
  console.log(name, 'seals', seals, 'over', over, v)
}
for (const letters of ['normal', 'big']) {
  const st = await call('store.status', {})
  if (!st.open) await call('store.open', { passphrase: 'cabbage and rice' })
  await call('settings.set', { letters })
  const go = async (at) => { await page.goto('about:blank'); await page.goto(`${URL}/#${at}`); await page.waitForTimeout(1500) }
  await go('/more'); await shot(`more-${letters}`)
  await go('/more/backup'); await shot(`more-backup-${letters}`)
  await go('/more/check'); await page.getByRole('button', { name: '查一遍' }).first().click(); await page.waitForTimeout(6000); await shot(`check-${letters}`)
  await go('/copies'); await page.getByRole('button', { name: '看看这份' }).first().click(); await page.waitForTimeout(3500); await shot(`copies-${letters}`)
  await call('store.lock', {})
  await go('/sign-in'); await shot(`sign-in-${letters}`)
  await page.getByRole('link', { name: '打不开' }).click(); await page.waitForTimeout(1500)
  await page.getByRole('button', { name: '查一遍' }).click(); await page.waitForTimeout(5000); await shot(`rescue-${letters}`)
}
await b.close()
