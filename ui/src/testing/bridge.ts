import { vi } from 'vitest'
import type { Commands } from '@/api/commands'
import type { StoreStatus } from '@/api/types'

type Answers = { [K in keyof Commands]?: (request: Commands[K]['request']) => Commands[K]['response'] }

/** A failure as the bridge sends it: `throw refusal(...)` in an answer. */
export function refusal(code: string, message: string, next_step = '', field: string | null = null) {
  return { error: { code, message, next_step, field } }
}

/** Stands in for the bridge: answers commands, keeps what was asked in `asked`. A command nobody answers is a failure. */
export function bridge(answers: Answers) {
  const asked: { command: string; request: unknown }[] = []
  vi.stubGlobal('fetch', async (url: string, init: { body: string }) => {
    const command = url.replace('/api/call/', '')
    const request: unknown = JSON.parse(init.body)
    asked.push({ command, request })
    const answer = answers[command as keyof Commands] as ((r: unknown) => unknown) | undefined
    try {
      if (!answer) throw refusal('internal', `no answer to ${command}`)
      const body = answer(request)
      return { ok: true, json: async () => JSON.parse(JSON.stringify(body)) }
    } catch (failure) {
      return { ok: false, json: async () => failure }
    }
  })
  return { asked, of: (command: keyof Commands) => asked.filter((a) => a.command === command).map((a) => a.request) }
}

/** A village at work, as `store.status` tells of it. */
export function aVillage(change: Partial<StoreStatus> = {}): StoreStatus {
  const secretary = { name: '罗永福', role: 'secretary', role_name: '书记' }
  return {
    exists: true,
    open: true,
    demo: false,
    level: 'village',
    org: { id: '1'.repeat(32), name: '青石桥村', place: '明水县柳坝镇' },
    parent: { id: '2'.repeat(32), name: '柳坝镇' },
    user: secretary,
    users: [secretary, { name: '周晓雯', role: 'official', role_name: '村官' }],
    letters: 'normal',
    lock_minutes: 10,
    waiting: 12,
    last_exchange: '2026-06-03',
    clock_warning: null,
    recovery_saved: true,
    backup_offered: true,
    version: '0.1.0',
    ...change,
  }
}
