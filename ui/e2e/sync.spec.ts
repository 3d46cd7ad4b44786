import { expect, test } from '@playwright/test'
import { accessible, complaints, fits, handy, oneSeal } from './judge'
import { Hub, joinedVillage, save, SYNC } from './sync'
import { command, LETTERS, open } from './village'

let hub: Hub

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await joinedVillage(request)
  await request.dispose()
  hub = await Hub.start()
})
test.afterAll(async () => {
  await hub.stop()
})

const judged = (what: string) => {
  for (const letters of LETTERS) {
    test(`${what} can be read and used by everybody, ${letters}`, async ({ page }) => {
      const heard = complaints(page)
      await open(page, SYNC, letters)
      await accessible(page)
      await oneSeal(page)
      await page.setViewportSize({ width: 1366, height: 690 })
      await fits(page)
      await handy(page, letters)
      expect(heard).toEqual([])
    })
  }
}

judged('a page that knows no server')

test('a server is compared with what it says of itself, used, and sent to by hand', async ({ page }) => {
  await open(page, SYNC, 'normal')
  await expect(page.locator('.carry')).toContainText('等待上报')
  await page.getByLabel('地址').fill(hub.url)
  await page.getByRole('button', { name: '问它的指纹' }).click()
  await expect(page.locator('.print li')).toHaveText(hub.fingerprint.split(/\s+/))
  await accessible(page)
  await oneSeal(page)
  await page.getByRole('button', { name: '对上了，用它' }).click()
  await expect(page.getByText('本机填的')).toBeVisible()
  await page.getByRole('button', { name: '现在联网' }).click()
  await expect(page.locator('.say.done')).toContainText(/送出\s\d+\s条/)
  await expect(page.locator('.carry')).toContainText('都上报了')
  await expect(page.locator('.carry')).toContainText('联过网')
})

judged('a page that knows its server')

test('what is saved is sent by itself, and the foot of any page says so', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, SYNC, 'normal')
  await page.getByRole('button', { name: '照旧自己联' }).click()
  await expect(page.getByText('有网就自己联网')).toBeVisible()
  await open(page, { name: 'roster', address: '/roster' }, 'normal')
  await save(page.request, '李国强')
  const waiting = await command<{ waiting: number }>(page.request, 'sync.glance')
  expect(waiting.waiting).toBeLessThanOrEqual(1)
  await expect.poll(async () => (await command<{ waiting: number }>(page.request, 'sync.glance')).waiting, { timeout: 60_000 }).toBe(0)
  await expect(page.locator('.carry')).toContainText('都上报了', { timeout: 30_000 })
  await page.locator('.carry').click()
  await expect(page).toHaveURL(/#\/sync$/)
})

test('a cut cable is a fact and no fault, and keeps nobody from saving', async ({ page }) => {
  await command(page.request, 'sync.pause', { paused: true })
  await hub.stop()
  await command(page.request, 'sync.pause', { paused: false })
  await open(page, SYNC, 'normal')
  await save(page.request, '何玉兰')
  await page.getByRole('button', { name: '现在联网' }).click()
  await expect(page.locator('.say.info')).toContainText('数据都在本机')
  await expect(page.locator('.carry')).toContainText('没有网，不影响用。')
  await expect(page.locator('.carry')).toContainText(/等待上报\s1\s条/)
  await accessible(page)
})
