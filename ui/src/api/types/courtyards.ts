export interface CourtyardRow {
  id: string
  name: string
  party_group: string | null
  households: number
  people: number
  x: number | null
  y: number | null
  liaison: { id: string; name: string } | null
  last_note: string | null
  days_quiet: number | null
  overdue: boolean
  open_errands: number
}

export interface CourtyardSave { id: string | null; name: string; party_group: string | null; households: number; people: number; x: number | null; y: number | null }

export interface Present { name: string; member: string | null }

export interface Note {
  id: string
  courtyard: string
  courtyard_name: string
  date: string
  author: string
  present: Present[]
  text: string
  tags: string[]
  errand: string | null
}

export interface NoteSave {
  id: string | null
  courtyard: string
  date: string
  present: Present[]
  text: string
  tags: string[]
  errand: { matter: string; agent: string; papers: string[]; promised_on: string | null } | null
}

export interface Matter { id: string; name: string; papers: string[]; promise: { days: number; working: boolean }; promised_on: string; explained: string }

export interface Errand {
  id: string
  number: string
  person: string
  matter: string
  matter_name: string
  agent: string
  agent_name: string
  opened_on: string
  promised_on: string
  done_on: string | null
  result: string | null
  days_late: number | null
  rating: { attitude: number; quality: number; efficiency: number } | null
  courtyard: string | null
  courtyard_name: string
  state: string
}

export interface ErrandOpen { courtyard: string | null; person: string; matter: string; agent: string; papers: string[]; promised_on: string | null; note: string | null }

export interface CourtyardCard { courtyard: CourtyardRow; liaison: { id: string; name: string } | null; notes: Note[]; errands: Errand[] }
