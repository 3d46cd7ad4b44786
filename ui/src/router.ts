import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { onFailure } from '@/api/client'
import { SHOPKEEPER, useSeat } from '@/seat/seat'

/**
 * Every page by its address. A page whose file is not there is neither routed nor in any menu, so there are no dead
 * entries; adding a page is adding its file and, if new, its line here.
 */
const table = [
  { path: '/today', file: 'today/TodayPage.vue', menu: 'today' },
  { path: '/roster', file: 'roster/RosterPage.vue', menu: 'roster' },
  { path: '/transfers', file: 'transfers/TransfersPage.vue', menu: 'roster' },
  { path: '/doubles', file: 'doubles/DoublesPage.vue', menu: 'roster' },
  { path: '/roster/import', file: 'roster/ImportPage.vue', menu: 'roster' },
  { path: '/roster/:id', file: 'roster/MemberPage.vue', menu: 'roster' },
  { path: '/erase/:id', file: 'erase/ErasePage.vue', menu: 'roster', above: true },
  { path: '/posts', file: 'posts/PostsPage.vue', menu: 'posts', village: true },
  { path: '/courtyards', file: 'courtyards/CourtyardsPage.vue', menu: 'courtyards', village: true },
  { path: '/points', file: 'points/PointsPage.vue', menu: 'points' },
  { path: '/stick', file: 'stick/StickPage.vue', menu: 'stick' },
  { path: '/sync', file: 'sync/SyncPage.vue', menu: 'stick' },
  { path: '/settle', file: 'settle/SettlePage.vue', menu: 'stick' },
  { path: '/villages', file: 'villages/VillagesPage.vue', menu: 'villages', above: true },
  { path: '/more', file: 'more/MorePage.vue', menu: 'more' },
  { path: '/more/:part', file: 'more/MorePage.vue', menu: 'more' },
  { path: '/update', file: 'update/UpdatePage.vue', menu: 'more' },
  { path: '/rights', file: 'rights/RightsPage.vue', menu: 'more' },
  { path: '/trail', file: 'trail/TrailPage.vue', menu: 'more' },
  { path: '/shop', file: 'shop/ShopPage.vue', menu: 'shop' },
  { path: '/copies', file: 'rescue/RescuePage.vue', menu: 'more' },
  { path: '/rescue', file: 'rescue/RescuePage.vue', bare: true, outside: true },
  { path: '/people', file: 'people/PeoplePage.vue', menu: 'more' },
  { path: '/handover', file: 'handover/HandoverPage.vue', menu: 'more' },
  { path: '/first-run', file: 'first-run/FirstRunPage.vue', bare: true },
  { path: '/sign-in', file: 'sign-in/SignInPage.vue', bare: true },
] as const

declare module 'vue-router' {
  interface RouteMeta {
    /** Stands alone, without the menu: before anyone is in. */
    bare?: boolean
    /** Can be come to while nobody is in, whatever is there. */
    outside?: boolean
    /** The menu item one is under. */
    menu?: string
    /** Only a village has what stands there. */
    village?: boolean
    /** Only who has somebody below has. */
    above?: boolean
  }
}

const files = import.meta.glob('./pages/*/*Page.vue')

/** Addresses of the pages that are there. */
export const paths: ReadonlySet<string> = new Set(table.filter((r) => `./pages/${r.file}` in files).map((r) => r.path))

const routes: RouteRecordRaw[] = [
  ...table.flatMap((r): RouteRecordRaw[] => {
    const component = files[`./pages/${r.file}`]
    const meta = { bare: 'bare' in r && r.bare, outside: 'outside' in r && r.outside, village: 'village' in r && r.village, above: 'above' in r && r.above, ...('menu' in r ? { menu: r.menu } : {}) }
    return component ? [{ path: r.path, component: component as () => Promise<object>, meta }] : []
  }),
  { path: '/:rest(.*)*', redirect: '/today' },
]

export const router = createRouter({ history: createWebHashHistory(), routes })

/** Where one was when the lock fell, to go on there. */
let kept: string | null = null

/** The page to go on with after signing in. */
export function whereOneWas(): string {
  return kept ?? '/today'
}

router.beforeEach(async (to, from) => {
  const seat = useSeat()
  const status = seat.status ?? (await seat.refresh())
  // Who is in has the same page with the menu beside it.
  if (to.meta.outside) return status.open ? '/copies' : true
  if (!status.exists) return to.path === '/first-run' ? true : '/first-run'
  if (!status.open) {
    if (to.path !== '/sign-in') kept = to.fullPath
    else if (from.matched.length > 0 && !from.meta.bare) kept = from.fullPath
    return to.path === '/sign-in' ? true : '/sign-in'
  }
  if (to.path === '/sign-in') return whereOneWas()
  if (to.path === '/first-run') return '/today'
  // Whoever keeps the shop has one page of work; the settings are everybody's.
  if (status.user?.role === SHOPKEEPER && !['shop', 'more'].includes(to.meta.menu ?? '')) return '/shop'
  if (status.level === 'village' ? to.meta.above : to.meta.village) return '/today'
  return true
})

onFailure((error) => {
  if (error.code !== 'locked') return
  const seat = useSeat()
  void seat.refresh().then(() => {
    if (router.currentRoute.value.meta.bare) return
    kept = router.currentRoute.value.fullPath
    void router.replace('/sign-in')
  })
})
