import { expect, test } from '@playwright/test'
import { entrance, givePath, HANDOVER, now, onStick, PEOPLE, town } from './entrance'
import { accessible, complaints, fits, handy, oneSeal } from './judge'
import { PASSPHRASE } from './township'
import { command, LETTERS, open, settled } from './village'

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await entrance(request)
  await request.dispose()
})
test.beforeEach(async ({ request }) => entrance(request))

async function judged(page: import('@playwright/test').Page, letters: 'normal' | 'big') {
  await accessible(page)
  await oneSeal(page)
  await page.setViewportSize({ width: 1366, height: 690 })
  await handy(page, letters)
}

for (const letters of LETTERS) {
  test.describe(letters === 'big' ? '大字版' : '普通版', () => {
    for (const place of [PEOPLE, HANDOVER]) {
      test(`${place.name} can be read and used by everybody`, async ({ page }) => {
        const heard = complaints(page)
        await open(page, place, letters)
        await judged(page, letters)
        await fits(page)
        expect(heard).toEqual([])
      })
    }
    test('the way in and both ways out of a forgotten passphrase can be read and used by everybody', async ({ page }) => {
      await command(page.request, 'settings.set', { letters })
      await command(page.request, 'store.lock')
      await page.goto('about:blank')
      await page.goto('/')
      await settled(page)
      await judged(page, letters)
      await page.getByRole('button', { name: '忘了口令' }).click()
      await settled(page)
      await judged(page, letters)
      await page.getByText('用恢复码，当场就好').click()
      await judged(page, letters)
    })
  })
}

test('Ctrl L locks wherever one is, and the passphrase leads back to the page and the words as they were', async ({ page }) => {
  await open(page, { name: 'note', address: '/courtyards?write=1' }, 'normal')
  await page.locator('textarea').first().fill('水管接头又漏了，夜里也漏')
  await page.keyboard.press('Control+l')
  await expect(page.getByRole('heading', { name: '锁上了' })).toBeVisible()
  await expect(page.locator('body')).not.toContainText('水管接头')
  await expect(page.locator('.kept')).toContainText('写了 12 个字')
  await page.locator('input[type=password]').fill('不是这个')
  await page.keyboard.press('Enter')
  await expect(page.locator('.err')).toContainText('还可以试 4 次，然后要等 1 分钟')
  await page.locator('input[type=password]').fill(PASSPHRASE)
  await page.getByRole('button', { name: '接着写手记' }).click()
  await expect(page).toHaveURL(/#\/courtyards\?write=1/)
  await expect(page.locator('textarea').first()).toHaveValue('水管接头又漏了，夜里也漏')
})

test('a forgotten passphrase is set anew with the township, by two files and the pages alone', async ({ page, request }) => {
  await command(request, 'settings.set', { letters: 'normal' })
  await command(request, 'store.lock')
  await page.goto('about:blank')
  await page.goto('/')
  await page.getByRole('button', { name: /周晓雯/ }).click()
  await page.getByRole('button', { name: '忘了口令' }).click()
  await page.getByRole('button', { name: '写求助文件到 U 盘' }).click()
  await givePath(page, onStick('求助'))
  await expect(page.locator('.way.on')).toContainText('求助文件写好了')
  town.run(now(), ['user', 'assist', onStick('求助'), '--out', onStick('答复'), '--reason', '当面看过身份证'])
  await page.getByRole('button', { name: '拿回来了，打开答复' }).click()
  await givePath(page, onStick('答复'))
  await page.getByLabel('新口令').fill('柳坝的水')
  await page.getByLabel('再输一遍').fill('柳坝的水')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/today$/)
  await expect(page.locator('.person')).toContainText('周晓雯')
  // The others come in as before; the secretary sees in the trail what was done.
  await command(request, 'store.lock')
  await command(request, 'store.open', { user: '罗永福', passphrase: PASSPHRASE })
  const looks = await command<{ what: string }[]>(request, 'audit.list')
  expect(looks[0]?.what).toBe('柳坝镇帮着重设了周晓雯的口令')
})

test('people are added, get another role and are closed by the keyboard alone', async ({ page }) => {
  await open(page, PEOPLE, 'normal')
  await page.keyboard.press('Control+Enter')
  await page.getByLabel('姓名').fill('冯小琼')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByLabel('先给他定一个口令').fill('先用这个')
  await page.keyboard.press('Enter')
  await expect(page.locator('.say.done')).toContainText('冯小琼能用了')
  const row = page.locator('section li', { hasText: '冯小琼' })
  await row.getByRole('button', { name: '停用' }).press('Enter')
  await page.getByRole('button', { name: '停用冯小琼' }).press('Enter')
  await expect(page.locator('.say.done')).toContainText('冯小琼不再用这台电脑')
  await expect(row).toHaveCount(0)
})
