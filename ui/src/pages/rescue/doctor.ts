import { computed, ref, shallowRef } from 'vue'
import { useAttempt } from '@/api/attempt'
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
  const { busy, error, attempt } = useAttempt()
  const text = computed(() => (looking.running.value ? sp(looking.text.value) : mending.running.value ? sp(mending.text.value) : ''))

  const look = (who: Examine) =>
    attempt(async () => {
      said.value = ''
      found.value = await looking.start(() => call('doctor.run', who))
    })
  const mend = (what: MendIt) =>
    attempt(async () => {
      said.value = ''
      const done = await mending.start(() => call('doctor.mend', what))
      said.value = sp(done.text)
      found.value = done.examined
    })
  return { look, mend, found, said, error, busy, text }
}
