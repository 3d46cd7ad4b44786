import { test } from '@playwright/test'
import { demoVillage, LETTERS, memberCard, open, PLACES } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await demoVillage(request)
  await request.dispose()
})

for (const letters of LETTERS) {
  for (const name of [...PLACES.map((place) => place.name), 'card']) {
    test(`${name}-${letters}`, async ({ page }) => {
      const place = PLACES.find((place) => place.name === name) ?? (await memberCard(page.request))
      await open(page, place, letters)
      await page.screenshot({ path: `../screens/${name}-${letters}.png` })
    })
  }
}
