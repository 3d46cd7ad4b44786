import { computed, ref, shallowRef } from 'vue'
import { call } from '@/api/client'
import { useJob } from '@/api/job'
import type { Examine, Examined, Mended, MendIt } from '@/api/types'
import { sp } from '@/words/sp'

/** 体检: looking, mending one thing, and what came of it. */
export function useDoctor() {
  const looking = useJob<Examined>()
  const mending = useJob<Mended>()
  const found = shallowRef<Examined | null>(null)
  const said = ref('')
  const error = ref<unknown>(null)
  const busy = computed(() => looking.running.value || mending.running.value)
  const text = computed(() => (looking.running.value ? sp(looking.text.value) : mending.running.value ? sp(mending.text.value) : ''))

  async function attempt(act: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    error.value = null
    said.value = ''
    try {
      await act()
      return true
    } catch (thrown) {
      error.value = thrown
      return false
    }
  }

  const look = (who: Examine) =>
    attempt(async () => {
      found.value = await looking.start(() => call('doctor.run', who))
    })
  const mend = (what: MendIt) =>
    attempt(async () => {
      const done = await mending.start(() => call('doctor.mend', what))
      said.value = sp(done.text)
      found.value = done.examined
    })
  return { look, mend, found, said, error, busy, text }
}
