import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { call, onDone } from '@/api/client'
import type { Done } from '@/api/types'

/** How long an act stands in the bar before it is only to be found under 刚才做的. */
const STANDS_MS = 20_000

/** The last act, which can be taken back by name for a while. */
export const useActs = defineStore('acts', () => {
  const last = shallowRef<Done | null>(null)
  /** An act that changed nothing: it is said, and there is nothing to take back. */
  const nothing = shallowRef<string | null>(null)
  const undone = shallowRef<{ text: string; left: string[] } | null>(null)
  const error = ref<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let undoing = false

  function stand() {
    clearTimeout(timer)
    timer = setTimeout(hide, STANDS_MS)
  }
  function hide() {
    clearTimeout(timer)
    last.value = null
    nothing.value = null
    undone.value = null
    error.value = null
  }
  onDone((done) => {
    // Taking back is an act too; the bar then says so instead of offering to take it back at once.
    if (undoing) return
    undone.value = null
    error.value = null
    const empty = done.group === ''
    last.value = empty ? null : done
    nothing.value = empty ? done.text : null
    stand()
  })

  /** Takes back one act; what was written over it since is left and named. */
  async function undo(act: { group: string; text: string }): Promise<void> {
    if (undoing) return
    undoing = true
    try {
      const { left } = await call('undo.group', { group: act.group })
      last.value = null
      error.value = null
      undone.value = { text: act.text, left }
    } catch (thrown) {
      error.value = thrown
    } finally {
      undoing = false
      stand()
    }
  }

  /** Takes back the last act of all, also when its bar is long gone. False when there is none. */
  async function undoLast(): Promise<boolean> {
    const act = last.value ?? (await call('undo.last', {}))
    if (!act) return false
    await undo(act)
    return true
  }

  return { last, nothing, undone, error, undo, undoLast, hide }
})
