import { QueryClient, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { ApiError, call, onDone, type Commands } from './client'

/** Answers are asked for again after every act that was written; there is no network to wait for and nothing to retry. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, gcTime: 5 * 60_000 },
    mutations: { networkMode: 'always', retry: false },
  },
})
onDone(() => void queries.invalidateQueries())

/**
 * The answer to a command that only reads, kept fresh: it is asked again when the request changes and after every act.
 * The old answer stays on screen until the new one is there. With `when` false nothing is asked yet. `everyMs` says after how
 * many milliseconds it is asked again by itself, for what changes without an act of this page.
 */
export function useAnswer<K extends keyof Commands>(
  command: K,
  request: MaybeRefOrGetter<Commands[K]['request']>,
  when: MaybeRefOrGetter<boolean> = true,
  everyMs?: (answer: Commands[K]['response'] | undefined) => number,
) {
  return useQuery<Commands[K]['response'], ApiError>({
    queryKey: [command, computed(() => toValue(request))],
    queryFn: () => call(command, toValue(request)),
    enabled: computed(() => toValue(when)),
    refetchInterval: everyMs ? (query) => everyMs(query.state.data as Commands[K]['response'] | undefined) : false,
    placeholderData: (before: unknown) => before as never,
  })
}
