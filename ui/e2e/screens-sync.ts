import { test } from '@playwright/test'
import { Hub, joinedVillage, SYNC } from './sync'
import { command, LETTERS, open } from './village'

let hub: Hub

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await joinedVillage(request)
  hub = await Hub.start()
  await request.dispose()
})
test.afterAll(async () => {
  await hub.stop()
})

for (const letters of LETTERS) {
  test(`sync-${letters}`, async ({ page }) => {
    await command(page.request, 'sync.pause', { paused: true })
    const { hub: known } = await command<{ hub: object | null }>(page.request, 'sync.state')
    if (!known) {
      await open(page, SYNC, letters)
      await page.screenshot({ path: `../screens/sync-unknown-${letters}.png` })
      await page.getByLabel('地址').fill(hub.url)
      await page.getByRole('button', { name: '问它的指纹' }).click()
      await page.locator('.print').waitFor()
      await page.screenshot({ path: `../screens/sync-compare-${letters}.png` })
      await page.getByRole('button', { name: '对上了，用它' }).click()
      await page.getByRole('button', { name: '现在联网' }).click()
      await page.locator('.say.done').waitFor()
    }
    await open(page, SYNC, letters)
    await page.screenshot({ path: `../screens/sync-${letters}.png` })
  })
}
