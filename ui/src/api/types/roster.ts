import type { Done } from './store'

export interface RosterQuery {
  search: string
  party_group: string | null
  kinds: string[]
  post: 'all' | 'with' | 'without'
  doubt_only: boolean
  sort: string
  descending: boolean
  org: string | null
}

export interface Facet { value: string; label: string; count: number }

export interface RosterAnswer {
  count: number
  ids: string[]
  facets: { kinds: Facet[]; party_groups: Facet[]; doubtful: number }
  sentence: string
}

export interface Mark { kind: string; text: string }

export interface MemberRow {
  id: string
  name: string
  sex: string
  age: number | null
  party_group: string | null
  kind: string
  kind_name: string
  education_name: string | null
  phone_masked: string | null
  post_text: string | null
  joined_on: string | null
  marks: Mark[]
  org_name: string
  birth_date: string | null
  nation_name: string
  address_masked: string
  confirmed_on: string | null
  branch: string | null
}

export interface MemberFields {
  name: string
  sex: string
  id_number: string
  nation: string
  birth_date: string
  education: string
  kind: string
  branch: string
  party_group: string
  phones: string[]
  address: string
  household_place: string
  joined_on: string
  confirmed_on: string
  party_age_correction_months: number
  job: string
  floating: boolean
  floating_place: string
  out_of_contact: boolean
  courtyard: string | null
  household: string
  notes: string
}

export interface TimelineEntry { date: string; kind: 'post' | 'meeting' | 'points' | 'note' | 'change' | 'doubt'; text: string; detail: string | null }

export interface MemberCard {
  member: MemberFields
  row: MemberRow
  tags: string[]
  sentence: string
  doubts: { field: string; label: string; text: string; choices: string[]; conflict: string | null }[]
  groups: { title: string; facts: { label: string; value: string; field: string }[] }[]
  timeline: TimelineEntry[]
}

export interface Problem { field: string; code: string; text: string }

export type ImportStatus = 'new' | 'changed' | 'unchanged' | 'doubtful' | 'refused' | 'skipped'

export interface ImportRow {
  row: number
  status: ImportStatus
  name: string
  summary: string
  problems: Problem[]
  changes: { field: string; label: string; old: string; new: string; choice: 'old' | 'new'; note: string | null }[]
  candidates: { id: string; title: string; detail: string }[]
  raw: string[]
}

export interface ImportPreview {
  session: string
  file: string
  sheet: string
  header_rows: number
  columns: { column: number; header: string; field: string | null; field_name: string | null; certainty: number; samples: string[] }[]
  fields: { field: string; label: string }[]
  counts: Record<ImportStatus, number>
  rows: ImportRow[]
}

export interface ImportCommitted { done: Done; new: number; changed: number }
