import { expect, type Page } from '@playwright/test'
import axe, { type AxeResults } from 'axe-core'

/** WCAG 2.2 AA and what axe knows to be good practice in it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Collects what a page complains of while it is open: errors, and what its own policy forbade. */
export function complaints(page: Page): string[] {
  const heard: string[] = []
  page.on('pageerror', (error) => heard.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text())
  })
  return heard
}

/** No serious or critical finding of axe on the page as it stands. */
export async function accessible(page: Page): Promise<void> {
  // Evaluated, not added as a script: the pages' policy refuses foreign scripts, and it stays on.
  await page.evaluate(axe.source)
  const found = await page.evaluate(async (rules) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    return await axe.run({ runOnly: rules, resultTypes: ['violations'] })
  }, RULES)
  const grave = found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((n) => `    ${n.html}\n    ${n.failureSummary ?? ''}`).join('\n')}`)
  expect(grave, grave.join('\n')).toEqual([])
}

/** An ID number of 18 or 15 digits, or a mobile telephone, that stands alone. */
const NUMBER = /(?<![\dA-Za-z])(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![\dA-Za-z])/g

/**
 * No whole number of a person is on the page, in its fields, or in what somebody takes along who selects all and copies.
 * Answers with what was copied.
 */
export async function covered(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  const { copied, fields, shown } = await page.evaluate(async () => ({
    copied: await navigator.clipboard.readText(),
    fields: [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map((field) => field.value).join('\n'),
    shown: document.documentElement.outerHTML,
  }))
  expect([copied, fields, shown].map((text) => text.match(NUMBER) ?? [])).toEqual([[], [], []])
  return copied
}

/** At most one seal a page: the button that finishes the job. */
export async function oneSeal(page: Page): Promise<void> {
  expect(await page.locator('.main-act:visible').count()).toBeLessThanOrEqual(1)
}

/** Nothing runs out of the window at its side, and the page's own frame does not scroll. */
export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
    return { wide: scrollWidth - clientWidth, high: scrollHeight - clientHeight }
  })
  expect(over).toEqual({ wide: 0, high: 0 })
}

/** Letters that are too small, words cut off with no way to them, targets that a shaking hand would miss or that lie under something. */
export async function handy(page: Page, letters: 'normal' | 'big'): Promise<void> {
  const least = letters === 'big' ? { letters: 18, target: 60 } : { letters: 14, target: 44 }
  const found = await page.evaluate((least) => {
    const out = new Set<string>()
    // The search of the menu and, in a low window, its items are lower; a field's ring stands around more than its input;
    // the beginning of a long text stands in a list whose row opens the whole.
    const lower = (el: Element) => (el.matches('.find') ? 40 : el.closest('.menu ul') && window.innerHeight <= 720 ? Math.min(56, least.target) : least.target)
    const inside = '.el-select__input, .sel > input, .vh, p > a, dd > a, dd > button'
    // Its middle, where one presses, belongs to it; what is scrolled away is not asked about.
    const reached = (el: Element, box: DOMRect) => {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      for (let up: Element | null = el; up; up = up.parentElement) {
        const { left, right, top, bottom } = up.getBoundingClientRect()
        if (getComputedStyle(up).overflow !== 'visible' && (x < left || x > right || y < top || y > bottom)) return true
      }
      const hit = document.elementFromPoint(x, y)
      return hit === null || el.contains(hit) || hit.contains(el)
    }
    for (const el of document.querySelectorAll<HTMLElement>('body *')) {
      const box = el.getBoundingClientRect()
      if (box.width <= 1 || box.height <= 1 || el.closest('.vh') || getComputedStyle(el).visibility === 'hidden') continue
      const told = `${el.tagName.toLowerCase()}.${el.getAttribute('class') ?? ''} ${(el.textContent ?? '').trim().slice(0, 24)}`
      const style = getComputedStyle(el)
      const words = [...el.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '')
      if (words && parseFloat(style.fontSize) < least.letters) out.add(`${style.fontSize}: ${told}`)
      const prose = (el.textContent ?? '').trim().length > 16
      if (words && !prose && style.textOverflow === 'ellipsis' && el.scrollWidth > el.clientWidth + 1) out.add(`cut: ${told}`)
      if (el.matches('button, a[href], input, [role=button], [role=checkbox]') && !el.matches(inside)) {
        if (!reached(el, box)) out.add(`covered: ${told}`)
        if (box.height < lower(el) - 0.6 || box.width < least.target - 0.6) out.add(`${Math.round(box.width)} × ${Math.round(box.height)}: ${told}`)
      }
      if (el.scrollWidth > el.clientWidth + 1 && /auto|scroll/.test(style.overflowX) && el.clientWidth > 0) out.add(`runs off: ${told}`)
    }
    return [...out]
  }, least)
  expect(found).toEqual([])
}
