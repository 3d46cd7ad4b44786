import type { MemberRow } from '@/api/types'
import type { Column } from '@/components/columns'
import { roster as w } from '@/words/roster'
import { sp } from '@/words/sp'

/** Who needs no post: those who are not yet in the Party. */
export const mayHoldPost = (row: MemberRow) => row.kind === 'full' || row.kind === 'probationary'

/** The columns of the roster. Those of several villages name the village, which takes the room of sex and education. */
export function rosterColumns(severalVillages: boolean): Column<MemberRow>[] {
  const c = w.columns
  const lesser = severalVillages ? 3 : 2
  return [
    { key: 'name', label: c.name, priority: 1, width: 88, lead: true, sortable: true, value: (r) => r.name },
    ...(severalVillages ? [{ key: 'org', label: c.org, priority: 1, width: 136, value: (r: MemberRow) => r.org_name } as const] : []),
    { key: 'sex', label: c.sex, priority: lesser, width: 56, empty: w.notWritten, value: (r) => (r.sex === null ? null : (w.sexes[r.sex] ?? r.sex)) },
    { key: 'age', label: c.age, priority: 2, width: 80, right: true, sortable: true, empty: w.noAge, value: (r) => r.age },
    { key: 'party_group', label: c.party_group, priority: 1, width: 106, sortable: true, empty: w.notWritten, value: (r) => r.party_group },
    { key: 'kind', label: c.kind, priority: 1, width: 92, sortable: true, empty: w.notWritten, value: (r) => (r.kind === null ? null : (w.kinds[r.kind] ?? r.kind_name)) },
    { key: 'education', label: c.education, priority: lesser, width: 90, empty: w.notWritten, value: (r) => r.education_name },
    { key: 'phone', label: c.phone, priority: 1, width: 118, empty: w.noPhone, value: (r) => r.phone_masked },
    { key: 'post', label: c.post, priority: 1, width: 136, empty: w.noPost, value: (r) => r.post_text ?? (r.excused_for === null ? null : w.excused(sp(r.excused_for))) },
    { key: 'joined_on', label: c.joined_on, priority: 2, width: 116, sortable: true, empty: w.notWritten, value: (r) => r.joined_on },
    { key: 'marks', label: c.marks, priority: 2, width: 160, empty: '', value: (r) => r.marks[0]?.text ?? null },
    { key: 'birth_date', label: c.birth_date, priority: 3, width: 116, empty: w.notWritten, value: (r) => r.birth_date },
    { key: 'nation', label: c.nation, priority: 3, width: 84, empty: w.notWritten, value: (r) => r.nation_name },
    { key: 'confirmed_on', label: c.confirmed_on, priority: 3, width: 116, empty: w.notWritten, value: (r) => r.confirmed_on },
    { key: 'branch', label: c.branch, priority: 3, width: 180, empty: w.notWritten, value: (r) => r.branch },
    { key: 'address', label: c.address, priority: 3, width: 200, empty: w.notWritten, value: (r) => r.address_masked },
  ]
}
