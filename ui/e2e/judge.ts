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
