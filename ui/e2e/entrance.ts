import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { APIRequestContext, Page } from '@playwright/test'
import { Desk, PASSPHRASE } from './township'
import { command, type Place } from './village'

/** The pages about people and keys that stand in the frame. */
export const PEOPLE: Place = { name: 'people', address: '/people' }
export const HANDOVER: Place = { name: 'handover', address: '/handover' }

const folder = process.env.YUANBA_ENTRANCE_FOLDER ?? ''
/** A path beside the stores, as on a stick. */
export const onStick = (name: string) => join(folder, name)
/** The township that the village stands under. */
export const town = new Desk(onStick('town'), '柳坝镇')
export const now = () => new Date().toISOString()

/** A village of two people that stands under a township and has something to keep. */
export async function entrance(request: APIRequestContext): Promise<void> {
  const { exists, open } = await command<{ exists: boolean; open: boolean }>(request, 'store.status')
  if (exists) {
    if (!open) await command(request, 'store.open', { user: '罗永福', passphrase: PASSPHRASE })
    return
  }
  await command(request, 'store.create', { level: 'village', name: '青石桥村党支部', user: '罗永福', passphrase: PASSPHRASE })
  await command(request, 'recovery.confirm', {})
  town.run(now(), ['init', '--level', 'township', '--name', '柳坝镇', '--user', '邓长青'])
  await command(request, 'enrol.request', { out: onStick('申请') })
  town.run(now(), ['enrol', 'grant', onStick('申请'), '--out', onStick('授权')])
  if (!existsSync(onStick('授权'))) throw new Error('no grant')
  await command(request, 'enrol.accept', { file: onStick('授权') })
  await command(request, 'bundle.write', { to: 'parent', out: folder })
  town.run(now(), ['bundle', 'read', folder])
  for (const [name, role] of [['周晓雯', 'official'], ['何玉兰', 'reader']]) await command(request, 'user.add', { name, role, passphrase: PASSPHRASE })
  await command(request, 'courtyard.save', { name: '石院坝' })
  const [matter] = await command<{ id: string }[]>(request, 'errand.catalogue')
  for (const person of ['何玉兰家', '冯有才']) await command(request, 'errand.open', { person, matter: matter?.id })
}

/** Answers the question where a file is, as a browser asks it. */
export async function givePath(page: Page, path: string): Promise<void> {
  const asking = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: /就用这个|存到这里/ }) })
  await asking.locator('input').fill(path)
  await asking.getByRole('button', { name: /就用这个|存到这里/ }).click()
}
