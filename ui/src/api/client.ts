import { invoke, isTauri } from '@tauri-apps/api/core'
import { noAnswer } from '@/words/errors'
import type { Commands } from './commands'
import type { Done } from './types'

export type { Commands } from './commands'

/** What the backend says when it could not do a thing. */
export interface ApiFailure {
  code:
    | 'wrong_usage' | 'refused' | 'not_allowed' | 'not_found' | 'locked' | 'wrong_passphrase' | 'damaged'
    | 'open_elsewhere' | 'disk_full' | 'read_only' | 'no_connection' | 'cancelled' | 'internal'
  message: string
  next_step: string
  /** The field to mark, when one field is to blame. */
  field: string | null
}

/** A refused or failed command. Pages show it with `YbSay` or at the field it names. */
export class ApiError extends Error implements ApiFailure {
  readonly code: ApiFailure['code']
  readonly next_step: string
  readonly field: string | null

  constructor(failure: ApiFailure) {
    super(failure.message)
    this.name = 'ApiError'
    this.code = failure.code
    this.next_step = failure.next_step
    this.field = failure.field
  }
}

type Listener<T> = (value: T) => void
const doneListeners = new Set<Listener<Done>>()
const failureListeners = new Set<Listener<ApiError>>()

/** Called after every act that was written. The undo bar and the refreshing of lists hang here, so no page asks for them. */
export function onDone(listener: Listener<Done>): () => void {
  doneListeners.add(listener)
  return () => doneListeners.delete(listener)
}

/** Called for every failure, before it reaches the caller; the frame goes to the lock page on `locked`. */
export function onFailure(listener: Listener<ApiError>): () => void {
  failureListeners.add(listener)
  return () => failureListeners.delete(listener)
}

/** Tells of an act that came by another way than a direct answer, such as the result of a job. */
export function announce(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('done' in answer)) return
  const done = (answer as { done: unknown }).done
  if (typeof done !== 'object' || done === null || !('group' in done)) return
  for (const listener of doneListeners) listener(done as Done)
}

function asFailure(thrown: unknown): ApiFailure {
  if (typeof thrown === 'object' && thrown !== null) {
    const inner = 'error' in thrown ? (thrown as { error: unknown }).error : thrown
    if (typeof inner === 'object' && inner !== null && 'code' in inner && 'message' in inner) {
      const f = inner as Partial<ApiFailure>
      return { code: f.code ?? 'internal', message: String(f.message), next_step: f.next_step ?? '', field: f.field ?? null }
    }
  }
  return noAnswer()
}

/**
 * Has the window itself do what is no typed command: open what was just saved, or run the installer that waits. Rejects with
 * {@link ApiError} and nothing else.
 */
export async function askWindow(act: 'open_file' | 'install_update', args: Record<string, unknown> = {}): Promise<void> {
  try {
    await invoke(act, args)
  } catch (thrown) {
    const error = new ApiError(asFailure(thrown))
    for (const listener of failureListeners) listener(error)
    throw error
  }
}

async function overBridge(command: string, request: unknown): Promise<unknown> {
  const answer = await fetch(`/api/call/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  const body: unknown = await answer.json()
  // A failure is `{error}` and nothing beside it; `job.status` also has an `error`, among other keys.
  const failed = typeof body === 'object' && body !== null && 'error' in body && Object.keys(body).length === 1
  if (failed || !answer.ok) throw body
  return body
}

/**
 * Sends a command and gives its answer. The only door between the pages and the program behind them.
 * Rejects with {@link ApiError} and nothing else.
 */
export async function call<K extends keyof Commands>(
  command: K,
  request: Commands[K]['request'],
): Promise<Commands[K]['response']> {
  try {
    const answer = isTauri() ? await invoke('call', { command, request }) : await overBridge(command, request)
    announce(answer)
    return answer as Commands[K]['response']
  } catch (thrown) {
    const error = new ApiError(asFailure(thrown))
    for (const listener of failureListeners) listener(error)
    throw error
  }
}
