import { test } from '@playwright/test'
import { entrance, HANDOVER, PEOPLE } from './entrance'
import { command, LETTERS, open, settled } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await entrance(request)
  await request.dispose()
})

for (const letters of LETTERS) {
  for (const place of [PEOPLE, HANDOVER]) {
    test(`${place.name}-${letters}`, async ({ page }) => {
      await entrance(page.request)
      await open(page, place, letters)
      await page.screenshot({ path: `../screens/${place.name}-${letters}.png` })
    })
  }
  test(`sign-in-${letters}`, async ({ page }) => {
    await command(page.request, 'settings.set', { letters })
    await command(page.request, 'store.lock')
    await page.goto('about:blank')
    await page.goto('/')
    await settled(page)
    await page.screenshot({ path: `../screens/sign-in-${letters}.png` })
    await page.getByRole('button', { name: '忘了口令' }).click()
    await settled(page)
    await page.screenshot({ path: `../screens/forgotten-${letters}.png` })
    await page.getByText('用恢复码，当场就好').click()
    await page.screenshot({ path: `../screens/forgotten-code-${letters}.png` })
    await entrance(page.request)
  })
}
