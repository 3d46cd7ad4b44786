export type Level = 'village' | 'township' | 'county'
export type Letters = 'normal' | 'big'

/** An act that was written, named so that it can be taken back. */
export interface Done { group: string; text: string; at: string }

export interface Person { name: string; role: string; role_name: string }

export interface StoreStatus {
  exists: boolean
  open: boolean
  demo: boolean
  level: Level | null
  org: { id: string; name: string; place: string } | null
  parent: { id: string; name: string } | null
  user: Person | null
  users: Person[]
  letters: Letters
  /** Changes not yet known to be held by the parent. */
  waiting: number
  last_exchange: string | null
  clock_warning: string | null
  recovery_saved: boolean
  backup_offered: boolean
  version: string
}

export interface StoreCreate {
  level: Level
  name: string
  place: string | null
  code: string | null
  user: string
  role: string | null
  passphrase: string
  letters: Letters
}

export interface JobStatus {
  done: number
  total: number | null
  text: string
  finished: boolean
  result: unknown
  error: Failure | null
}

export interface Failure { code: string; message: string; next_step: string; field: string | null }

export interface Settings { letters: Letters; columns: Record<string, string[]> }

export interface Draft { key: string; body: unknown; at: string }

export type TaskState = 'late' | 'half' | 'open' | 'clock' | 'doubt'

export interface Task {
  id: string
  state: TaskState
  title: string
  detail: string
  lateness: string | null
  verb: string
  /** The page to open. */
  route: string
}

export interface Recent { group: string; text: string; at: string; user: string; undone: boolean }

export interface Today {
  date: string
  weekday: string
  lunar: string | null
  sentence: string
  late: Task[]
  today: Task[]
  soon: Task[]
  quiet_courtyards: { id: string; name: string; households: number; liaison: { id: string; name: string } | null; days: number | null }[]
  drafts: { key: string; title: string; excerpt: string; at: string }[]
  recent: Recent[]
}

export interface Hit { kind: 'member' | 'courtyard' | 'errand' | 'post' | 'page'; id: string; title: string; detail: string; route: string }
