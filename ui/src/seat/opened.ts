import { nextTick, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { Router } from 'vue-router'
import { opened as w } from '@/words/opened'
import { useSeat } from './seat'

/** Where a file of each kind is read. */
const PAGES: Readonly<Record<string, string>> = {
  yuanba: '/stick',
  'yuanba-request': '/stick?view=enrol',
  'yuanba-grant': '/stick?view=enrol',
  'yuanba-help': '/people',
  'yuanba-answer': '/sign-in',
  'yuanba-backup': '/rescue',
  'yuanba-update': '/update',
}
/** Kinds that are of use to whoever is not in. */
const OUTSIDE: ReadonlySet<string> = new Set(['yuanba-answer', 'yuanba-backup'])

/** Files that were opened with the program and that no page has taken yet. They outlast signing in. */
export const waiting = shallowRef<readonly string[]>([])
/** What is said of a file that cannot be read here and now. */
export const openedSaid = shallowRef('')
/** How many parts of what is on the screen read files of a kind. */
const readers = new Map<string, number>()

export const nameOf = (path: string) => path.split(/[\\/]/).pop() ?? path
const kindOf = (path: string) => nameOf(path).split('.').pop()?.toLowerCase() ?? ''

export function filesOpened(paths: readonly string[]): void {
  openedSaid.value = ''
  waiting.value = [...waiting.value, ...paths.filter((p) => !waiting.value.includes(p))]
}
function leave(path: string) {
  waiting.value = waiting.value.filter((p) => p !== path)
}

/**
 * Gives a page the files of a kind that were opened with the program, one after the other, as if they had been picked on it.
 * `ready` holds the next one back while the page is at work.
 */
export function useOpened(kind: string, take: (path: string) => void, ready: () => boolean = () => true): void {
  let stop: (() => void) | null = null
  onMounted(() => {
    readers.set(kind, (readers.get(kind) ?? 0) + 1)
    stop = watch([waiting, ready], () => {
      const mine = waiting.value.find((p) => kindOf(p) === kind)
      if (mine === undefined || !ready()) return
      leave(mine)
      take(mine)
    }, { immediate: true })
  })
  onBeforeUnmount(() => {
    stop?.()
    readers.set(kind, (readers.get(kind) ?? 1) - 1)
  })
}

/** Brings the page that reads what was opened, once somebody is in; what no page takes is named, and why. */
export function followOpened(router: Router): () => void {
  const seat = useSeat()
  async function follow() {
    const file = waiting.value[0]
    if (file === undefined || seat.status === null) return
    const kind = kindOf(file)
    const page = PAGES[kind]
    if (page !== undefined) {
      // Whoever is just coming in, or copies the recovery code, is not disturbed.
      if (seat.open ? router.currentRoute.value.meta.bare : !OUTSIDE.has(kind)) return
      await router.push(page)
      await nextTick()
      if ((readers.get(kind) ?? 0) > 0 || !waiting.value.includes(file)) return
    }
    leave(file)
    openedSaid.value = w.notHere(nameOf(file), kind === 'yuanba-answer' ? w.answerNext : w.next)
  }
  const stopWatching = watch([waiting, () => seat.status], () => void follow())
  const stopFollowing = router.afterEach((to, from, failure) => {
    if (!failure && to.path !== from.path) void follow()
  })
  return () => {
    stopWatching()
    stopFollowing()
  }
}
