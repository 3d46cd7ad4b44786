import { test } from '@playwright/test'
import { demoVillage, LETTERS, memberCard, memberForm, open, PLACES } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await demoVillage(request)
  await request.dispose()
})

for (const letters of LETTERS) {
  for (const name of [...PLACES.map((place) => place.name), 'card', 'member-edit']) {
    test(`${name}-${letters}`, async ({ page }) => {
      const place = PLACES.find((place) => place.name === name) ?? (await (name === 'card' ? memberCard : memberForm)(page.request))
      await open(page, place, letters)
      await page.screenshot({ path: `../screens/${name}-${letters}.png` })
    })
  }
}
