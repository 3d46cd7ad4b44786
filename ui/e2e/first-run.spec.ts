import { expect, test } from '@playwright/test'
import { accessible, complaints, fits, oneSeal } from './judge'
import { settled } from './village'

test('a program that was never started asks its first question so that everybody can answer it', async ({ page }) => {
  const heard = complaints(page)
  await page.goto('/')
  await expect(page).toHaveURL(/#\/first-run$/)
  await settled(page)
  await expect(page.getByText('您是哪个村？')).toBeVisible()
  await accessible(page)
  await oneSeal(page)
  await fits(page)
  expect(heard).toEqual([])
})
