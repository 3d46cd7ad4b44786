import { computed, shallowRef } from 'vue'
import { call } from '@/api/client'

/** Somebody who was selected in the roster and waits for a post. */
export interface Waiting { member: string; name: string }

/** The people that the roster sent here (`/posts?people=…`), one after the other. */
export function usePeopleSent() {
  const people = shallowRef<Waiting[]>([])
  const first = computed(() => people.value[0])

  /** Takes the ids of the address; those who are gone are left out. */
  async function take(ids: string): Promise<void> {
    const rows = await call('roster.rows', { ids: ids.split(',').filter((id) => id !== '') })
    people.value = rows.map((r) => ({ member: r.id, name: r.name }))
  }
  /** The first is done with. */
  function done() {
    people.value = people.value.slice(1)
  }
  return { first, left: computed(() => people.value.length), take, done }
}
