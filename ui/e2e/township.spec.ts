import { expect, test, type Page } from '@playwright/test'
import { accessible, complaints, fits, handy, oneSeal } from './judge'
import { openTown, TOWN_PLACES, township } from './township'
import { command, LETTERS, settled } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(300_000)
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await township(request, process.env.YUANBA_TOWN_STORE ?? '')
  await request.dispose()
})

for (const letters of LETTERS) {
  test.describe(letters === 'big' ? '大字版' : '普通版', () => {
    for (const place of TOWN_PLACES) {
      test(`${place.name} can be read and used by everybody`, async ({ page }) => {
        const heard = complaints(page)
        await openTown(page, place, letters)
        await accessible(page)
        await oneSeal(page)
        await page.setViewportSize({ width: 1366, height: 690 })
        await fits(page)
        await handy(page, letters)
        expect(heard).toEqual([])
      })
    }
  })
}

/** What does not agree in one village. */
async function settleOf(page: Page, name: string): Promise<void> {
  const { units } = await command<{ units: { id: string; name: string }[] }>(page.request, 'home.below')
  await openTown(page, { name: 'town-settle', address: `/settle?org=${units.find((u) => u.name === name)?.id}` }, 'normal')
}

test('the morning names who came, whose file was damaged, and what there is to decide', async ({ page }) => {
  await openTown(page, { name: 'town', address: '/today' }, 'normal')
  const tile = (name: string) => page.locator('.v', { hasText: name })
  await expect(tile('石门村')).toContainText('读完')
  await expect(tile('茶园村')).toContainText('没读进来')
  await expect(tile('凉风村')).toContainText('上次交，30')
  await expect(tile('青石桥村')).toContainText('件要定')
  await page.getByRole('button', { name: '怎么办' }).click()
  await expect(page.locator('.beside')).toContainText('请茶园村再写一个')
})

test('a place that only a village has leads home', async ({ page }) => {
  await openTown(page, { name: 'town', address: '/today' }, 'normal')
  await page.goto('/#/posts')
  await expect(page).toHaveURL(/#\/today$/)
  await expect(page.locator('.menu')).not.toContainText('设岗定责')
})

test('what was chosen is kept while one is away; the keyboard alone settles; each choice is taken back', async ({ page }) => {
  await settleOf(page, '青石桥村')
  const left = async () => (await command<{ record_title: string }[]>(page.request, 'conflict.list')).filter((c) => c.record_title === '蒲大春').length
  const before = await left()
  expect(before).toBeGreaterThan(3)
  await expect(page.locator('mark').first()).toBeVisible()
  const row = page.locator('tbody tr', { hasText: '学历' })
  await row.getByRole('button').first().focus()
  await page.keyboard.press('ArrowRight')
  await expect(row.getByRole('button').nth(1)).toHaveAttribute('aria-pressed', 'true')
  await expect(page.locator('.prog')).toContainText(`还剩 ${before - 1}`)
  // Long enough for the draft; then away and back.
  await expect.poll(async () => (await command<{ body: unknown }>(page.request, 'draft.get', { key: 'settle:choices' })).body).not.toBeNull()
  await page.goto('/#/today')
  await settled(page)
  await page.goBack()
  await settled(page)
  await expect(row.getByRole('button').nth(1)).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('.settled')).toContainText('学历')
  expect(await left()).toBe(before - 1)
  await page.locator('.settled').getByRole('button').click()
  await expect(page.locator('.settled')).toHaveCount(0)
  expect(await left()).toBe(before)
  await expect.poll(async () => (await command<{ body: unknown }>(page.request, 'draft.get', { key: 'settle:choices' })).body).toBeNull()
})

test('the rows of one import are seen before they are settled together, and taken back together', async ({ page }) => {
  await openTown(page, { name: 'town-settle', address: '/settle' }, 'normal')
  const all = async () => (await command<unknown[]>(page.request, 'conflict.list')).length
  const before = await all()
  await page.getByRole('link', { name: '一起定' }).click()
  await settled(page)
  await accessible(page)
  await page.getByRole('button', { name: '全部用高店村的' }).click()
  await expect(page.locator('tbody tr')).toHaveCount(3)
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/#\/settle$/)
  expect(await all()).toBe(before - 3)
  await page.keyboard.press('Control+z')
  await expect.poll(all).toBe(before)
})

test('an ID number shows whole only for a purpose, and that is written down', async ({ page }) => {
  await settleOf(page, '青石桥村')
  await expect(page.locator('.cmp')).not.toContainText('511722197501')
  await page.getByRole('button', { name: '看公民身份号码的全号' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('定不一致')
  await page.getByRole('button', { name: '看全号，留下记录' }).click()
  await expect(page.locator('.cmp')).toContainText('511722197501')
  await expect(page.locator('.body')).toContainText('用途「定不一致」')
  const looks = await command<{ purpose: string }[]>(page.request, 'audit.list')
  expect(looks[0]?.purpose).toBe('定不一致')
})
