import type { MemberFields, MemberRow } from '@/api/types'
import { memberForm as w } from '@/words/member'

/** A field of the form, by its name in the record. */
export type FieldKey =
  | 'name' | 'sex' | 'party_group' | 'kind' | 'phones' | 'id_number' | 'birth_date' | 'nation' | 'education' | 'joined_on' | 'confirmed_on'
  | 'branch' | 'address' | 'household_place' | 'floating' | 'floating_place' | 'out_of_contact' | 'job' | 'notes'

/** What stands in the form: every field as text, as it is typed. */
export type Typed = Record<FieldKey, string>

/** How a field is asked for. */
export interface Asked {
  key: FieldKey
  type: 'text' | 'date' | 'select' | 'textarea'
  note?: string
  placeholder?: string
  options?: readonly { value: string; label: string }[]
}

const labelled = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }))
const same = (words: readonly string[]) => words.map((word) => ({ value: word, label: word }))
const yesOrNo = [{ value: 'yes', label: w.yes }, { value: 'no', label: w.not }]

/** The parts of the form, in the order in which one asks across the table. */
export const parts: readonly { title: string; fields: readonly Asked[] }[] = [
  {
    title: w.parts.who,
    fields: [
      { key: 'name', type: 'text' },
      { key: 'sex', type: 'select', options: labelled(w.sexes) },
      { key: 'party_group', type: 'text' },
      { key: 'phones', type: 'text', note: w.phonesNote },
      { key: 'id_number', type: 'text' },
      { key: 'birth_date', type: 'date', note: w.dateNote },
      { key: 'nation', type: 'text', placeholder: w.nationPlaceholder },
      { key: 'education', type: 'select', options: same(w.education) },
    ],
  },
  {
    title: w.parts.party,
    fields: [
      { key: 'kind', type: 'select', options: labelled(w.kinds) },
      { key: 'joined_on', type: 'date', note: w.dateNote },
      { key: 'confirmed_on', type: 'date', note: w.dateNote },
      { key: 'branch', type: 'text' },
    ],
  },
  {
    title: w.parts.where,
    fields: [
      { key: 'address', type: 'text' },
      { key: 'household_place', type: 'text' },
      { key: 'floating', type: 'select', options: yesOrNo },
      { key: 'floating_place', type: 'text' },
      { key: 'out_of_contact', type: 'select', options: yesOrNo },
    ],
  },
  { title: w.parts.more, fields: [{ key: 'job', type: 'text' }, { key: 'notes', type: 'textarea' }] },
]

const keys: readonly FieldKey[] = parts.flatMap((p) => p.fields.map((f) => f.key))

/** The form of a person as the program gives it; the row has the words for what the record holds as codes. */
export function toForm(fields: MemberFields, row: MemberRow | null): Typed {
  const flag = (value: boolean | null) => (value === null ? '' : value ? 'yes' : 'no')
  return Object.fromEntries(
    keys.map((key) => {
      if (key === 'phones') return [key, fields.phones.join('、')]
      if (key === 'floating' || key === 'out_of_contact') return [key, flag(fields[key])]
      if (key === 'education') return [key, row?.education_name ?? fields.education ?? '']
      if (key === 'nation') return [key, row?.nation_name ?? fields.nation ?? '']
      return [key, fields[key] ?? '']
    }),
  ) as Typed
}

/** What differs from how the form came. Nothing else is written, so that two people may change different fields. */
export function changed(before: Typed, now: Typed): Partial<Typed> {
  return Object.fromEntries(keys.filter((key) => before[key].trim() !== now[key].trim()).map((key) => [key, now[key]]))
}

/** The fields as the program takes them: what cannot be read goes as it was typed, and is kept. */
export function toFields(typed: Partial<Typed>): Partial<MemberFields> {
  return Object.fromEntries(
    Object.entries(typed).map(([key, text]) => {
      const value = text.trim()
      if (key === 'phones') return [key, value === '' ? [] : value.split(/[、，,；;/\s]+/).filter((p) => p !== '')]
      if (key === 'floating' || key === 'out_of_contact') return [key, value === '' ? null : value === 'yes']
      return [key, value === '' ? null : value]
    }),
  )
}
