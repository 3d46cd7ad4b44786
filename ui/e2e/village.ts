import { expect, type APIRequestContext, type Page } from '@playwright/test'

/** The two layouts; the second is 大字版. */
export const LETTERS = ['normal', 'big'] as const
export type Letters = (typeof LETTERS)[number]

/** A page: the name that a picture of it gets, and its address. */
export interface Place {
  name: string
  address: string
}

/** Every page of a village that needs no record of its own in its address. */
export const PLACES: readonly Place[] = [
  { name: 'today', address: '/today' },
  { name: 'roster', address: '/roster' },
  { name: 'member-new', address: '/roster/new' },
  { name: 'import', address: '/roster/import' },
  { name: 'transfers', address: '/transfers' },
  { name: 'doubles', address: '/doubles' },
  { name: 'posts', address: '/posts' },
  { name: 'courtyards', address: '/courtyards' },
  { name: 'ledger-errands', address: '/courtyards?errand=1' },
  { name: 'ledger-notes', address: '/courtyards?view=notes' },
  { name: 'points', address: '/points' },
  { name: 'points-review', address: '/points?view=review' },
  { name: 'points-ranking', address: '/points?view=ranking' },
  { name: 'stick', address: '/stick' },
  { name: 'enrol', address: '/stick?view=enrol' },
  { name: 'sync-demo', address: '/sync' },
  { name: 'settle', address: '/settle' },
  { name: 'more', address: '/more' },
  { name: 'copies', address: '/copies' },
  { name: 'rights', address: '/rights' },
  { name: 'trail', address: '/trail' },
  { name: 'update', address: '/update' },
]

/** Runs a typed command beside the pages, for what must stand before a person comes to them. */
export async function command<Answer>(request: APIRequestContext, name: string, body: object = {}): Promise<Answer> {
  const answer = await request.post(`/api/call/${name}`, { data: body })
  expect(answer.ok(), `${name}: ${await answer.text()}`).toBe(true)
  return (await answer.json()) as Answer
}

/** The made-up village, made when it is not there yet. */
export async function demoVillage(request: APIRequestContext): Promise<void> {
  const status = await command<{ demo: boolean; open: boolean }>(request, 'store.status')
  if (!(status.demo && status.open)) await command(request, 'store.create_demo')
}

/** The card of a member of the village. */
export async function memberCard(request: APIRequestContext): Promise<Place> {
  const all = { search: '', party_group: null, kinds: null, post: 'all', doubt_only: false, sort: 'name', descending: false, org: null }
  const { ids } = await command<{ ids: string[] }>(request, 'roster.query', all)
  expect(ids.length).toBeGreaterThan(0)
  return { name: 'card', address: `/roster/${ids[0]}` }
}

/** Opens a page in a layout and waits until it has all its answers. */
export async function open(page: Page, place: Place, letters: Letters): Promise<void> {
  await command(page.request, 'settings.set', { letters })
  // From an empty page, so that the whole program starts anew and takes up the letters.
  await page.goto('about:blank')
  await page.goto(`/#${place.address}`)
  await expect(page).toHaveURL((url) => url.hash === `#${place.address}`)
  await settled(page)
}

/** Waits until a page has drawn its title, nothing is asked any more and its letters are there. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForLoadState('networkidle')
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
}

/** The form of the same member. */
export async function memberForm(request: APIRequestContext): Promise<Place> {
  const { address } = await memberCard(request)
  return { name: 'member-edit', address: `${address}?edit=1` }
}
