import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { PostFilter, RosterQuery, Sort } from '@/api/types'
import type { Sorting } from '@/components/columns'

/** What the list is asked for. It outlives the page, so that coming back from a card finds the list as it was left. */
export const useRosterList = defineStore('rosterList', () => {
  const search = ref('')
  const groups = ref<string[]>([])
  const kinds = ref<string[]>([])
  const post = ref<string[]>([])
  const org = ref<string[]>([])
  const doubtOnly = ref(false)
  const sorting = ref<Sorting | null>({ key: 'name', descending: false })

  /** A filter is on, the search aside. */
  const filtered = computed(() => groups.value.length + kinds.value.length + post.value.length + org.value.length > 0 || doubtOnly.value)

  const request = computed<RosterQuery>(() => ({
    search: search.value.trim() === '' ? null : search.value.trim(),
    party_group: groups.value[0] ?? null,
    kinds: kinds.value.length > 0 ? kinds.value : null,
    post: (post.value[0] as PostFilter | undefined) ?? 'all',
    doubt_only: doubtOnly.value,
    sort: (sorting.value?.key as Sort | undefined) ?? 'name',
    descending: sorting.value?.descending ?? false,
    org: org.value[0] ?? null,
  }))

  /** Back to everybody. */
  function showAll() {
    search.value = ''
    groups.value = []
    kinds.value = []
    post.value = []
    org.value = []
    doubtOnly.value = false
  }

  return { search, groups, kinds, post, org, doubtOnly, sorting, filtered, request, showAll }
})
