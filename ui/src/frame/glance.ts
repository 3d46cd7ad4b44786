import { useAnswer } from '@/api/query'

/** How often it is asked how things stand, in milliseconds: seldom, and while an exchange is going on so that one sees it end. */
const LOOK_MS = 20_000
const LOOK_WHILE_CALLING_MS = 2_000

/** How things stand with the others, kept fresh: after every act and by itself. */
export function useGlance() {
  return useAnswer('sync.glance', {}, true, (now) => (now?.running ? LOOK_WHILE_CALLING_MS : LOOK_MS))
}
