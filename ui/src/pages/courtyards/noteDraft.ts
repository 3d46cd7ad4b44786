import type { Present, SaveNote } from '@/api/types'

/** What is being asked for, before it is taken on. */
export interface ErrandDraft {
  matter: string
  agent: { id: string; name: string } | null
  /** Papers that were brought. */
  papers: string[]
  /** A day other than the computed one. */
  promised: string | null
}

/** A note while it is being written, as it is kept under `note:<courtyard>`. */
export interface NoteDraft {
  text: string
  date: string
  present: Present[]
  errand: ErrandDraft | null
}

export function emptyErrand(): ErrandDraft {
  return { matter: '', agent: null, papers: [], promised: null }
}

export function emptyNote(date: string): NoteDraft {
  return { text: '', date, present: [], errand: null }
}

/** Nothing that would be missed. */
export function isBlank(note: NoteDraft): boolean {
  return note.text.trim() === '' && note.present.length === 0 && note.errand === null
}

/** A draft as it was kept, whatever an older program wrote there: what cannot be read is left out. */
export function readNote(kept: unknown, date: string): NoteDraft {
  const note = emptyNote(date)
  if (typeof kept !== 'object' || kept === null) return note
  const k = kept as Partial<Record<keyof NoteDraft, unknown>>
  if (typeof k.text === 'string') note.text = k.text
  if (typeof k.date === 'string') note.date = k.date
  if (Array.isArray(k.present)) {
    note.present = k.present.filter((p): p is Present => typeof p === 'object' && p !== null && typeof (p as Present).name === 'string')
  }
  if (typeof k.errand === 'object' && k.errand !== null) note.errand = { ...emptyErrand(), ...(k.errand as Partial<ErrandDraft>) }
  return note
}

/** The note as the program behind takes it. */
export function asRequest(note: NoteDraft, courtyard: string): SaveNote {
  const e = note.errand
  return {
    courtyard,
    date: note.date,
    present: note.present,
    text: note.text.trim(),
    tags: [],
    errand: e === null ? null : { matter: e.matter, person: note.present[0]?.name ?? null, agent: e.agent?.id ?? null, papers: e.papers, promised_on: e.promised },
  }
}
