import { test } from '@playwright/test'
import { accessible, complaints, fits, handy, oneSeal } from './judge'
const SEATS = JSON.parse(process.env.SEATS ?? '[]') as { name: string; url: string; pages: { name: string; at: string; press?: string }[] }[]
for (const seat of SEATS) for (const letters of ['normal', 'big'] as const) for (const p of seat.pages) {
  test(`${seat.name}-${p.name}-${letters}`, async ({ page }) => {
    const call = async (c: string, b: object) => (await (await page.request.post(`${seat.url}/api/call/${c}`, { data: b })).json())
    const st = await call('store.status', {})
    if (!st.open) await call('store.open', { passphrase: 'cabbage and rice' })
    await call('settings.set', { letters })
    const heard = complaints(page)
    await page.goto(`${seat.url}/#${p.at}`)
    await page.waitForTimeout(900)
    if (p.press) { await page.getByRole('button', { name: p.press }).first().click(); await page.waitForTimeout(500) }
    await page.screenshot({ path: `/tmp/pw/${seat.name}-${p.name}-${letters}.png` })
    const found: string[] = []
    for (const [n, f] of [['axe', () => accessible(page)], ['seal', () => oneSeal(page)], ['fits', () => fits(page)], ['handy', () => handy(page, letters)]] as const)
      try { await f() } catch (e) { found.push(`${n}: ${String((e as Error).message).slice(0, 900)}`) }
    if (heard.length) found.push(heard.join('\n'))
    if (found.length) throw new Error(found.join('\n'))
  })
}
