import { test } from '@playwright/test'
import { openTown, TOWN_PLACES, township } from './township'
import { LETTERS } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(300_000)
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await township(request, process.env.YUANBA_TOWN_STORE ?? '')
  await request.dispose()
})

for (const letters of LETTERS) {
  for (const place of TOWN_PLACES) {
    test(`${place.name}-${letters}`, async ({ page }) => {
      await openTown(page, place, letters)
      await page.screenshot({ path: `../screens/${place.name}-${letters}.png` })
    })
  }
}
