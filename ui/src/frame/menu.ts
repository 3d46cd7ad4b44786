import type { Level } from '@/api/types'
import type { IconName } from '@/icons/icons'
import { frame as w } from '@/words/frame'
import { shop as shopWords } from '@/words/trust'
import { paths } from '@/router'

/** An item of the menu. Those of `big` also stand in 大字版; the others are there under 更多. */
export interface MenuItem { key: string; to: string; icon: IconName; text: string; big: boolean }

const item = (key: string, icon: IconName, text: string, big: boolean): MenuItem => ({ key, to: `/${key}`, icon, text, big })

const menus: Record<Level, MenuItem[]> = {
  village: [
    item('today', 'today', w.today, true),
    item('roster', 'roster', w.roster, true),
    item('posts', 'post', w.posts, false),
    item('courtyards', 'court', w.courtyards, true),
    item('points', 'points', w.points, true),
    item('stick', 'stick', w.stick, true),
  ],
  township: [
    item('today', 'today', w.today, true),
    item('stick', 'stick', w.sticks, true),
    item('settle', 'doubt', w.settle, true),
    item('villages', 'villages', w.villages, true),
    item('roster', 'roster', w.roster, true),
    item('points', 'points', w.pointsReview, true),
  ],
  county: [
    item('today', 'today', w.today, true),
    item('villages', 'villages', w.townships, true),
    item('roster', 'roster', w.roster, true),
    item('stick', 'stick', w.sticks, true),
    item('sync', 'hub', w.hub, false),
  ],
}

/** The menu of whoever keeps the shop. */
const shop: MenuItem[] = [item('shop', 'points', shopWords.menu, true)]

/** The menu of a seat, in its order which never changes. Only pages that are there are in it. */
export function menuOf(level: Level, reads = true): MenuItem[] {
  return (reads ? menus[level] : shop).filter((m) => paths.has(m.to))
}
