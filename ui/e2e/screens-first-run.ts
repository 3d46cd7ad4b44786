import { test } from '@playwright/test'
import { settled } from './village'

test('first-run', async ({ page }) => {
  await page.goto('/')
  await settled(page)
  await page.screenshot({ path: '../screens/first-run.png' })
})
