export interface Stick { path: string; name: string; free_bytes: number; bundles: number }

export interface StickState {
  to: { id: string; name: string } | null
  waiting: number
  streams: number
  log: { at: string; direction: string; file: string; new: number; status: string }[]
}

export interface StickRead {
  files: { file: string; status: 'read' | 'already' | 'parked' | 'refused'; new: number; from: string; text: string }[]
  new: number
  conflicts: number
}

export interface StickWritten { file: string; changes: number; bytes: number; to_name: string; what: { text: string; detail: string }[] }

export interface Org { id: string; name: string; level: string; parent: string | null; replicas: number; absorbed_into: string | null; last_heard: string | null }

export interface Conflict {
  id: string
  kind: 'field' | 'ledger' | 'person'
  record_title: string
  field: string
  label: string
  sides: { side: string; value: string; who: string; org_name: string; at: string }[]
}
