import { expect, test } from '@playwright/test'
import { accessible, complaints, covered, fits, handy, oneSeal } from './judge'
import { demoVillage, LETTERS, memberCard, memberForm, open, PLACES, type Place } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await demoVillage(request)
  await request.dispose()
})

for (const letters of LETTERS) {
  test.describe(letters === 'big' ? '大字版' : '普通版', () => {
    const holds = (name: string, place: (page: import('@playwright/test').Page) => Promise<Place>) =>
      test(`${name} can be read and used by everybody`, async ({ page }) => {
        const heard = complaints(page)
        await open(page, await place(page), letters)
        await accessible(page)
        await oneSeal(page)
        await page.setViewportSize({ width: 1366, height: 690 })
        await fits(page)
        await handy(page, letters)
        const copied = await covered(page)
        // The card of somebody has a number to cover.
        if (name === 'card') expect(copied).toMatch(/\d{6}\*{8}\d{3}[\dX]/)
        expect(heard).toEqual([])
      })
    for (const place of PLACES) holds(place.name, async () => place)
    holds('card', (page) => memberCard(page.request))
    holds('member-edit', (page) => memberForm(page.request))
  })
}
