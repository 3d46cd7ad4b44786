import type { ImportPreview, ImportRow, MemberCard, MemberFields, MemberRow, RosterFound, RosterQuery } from '@/api/types'

/** Made-up people for the tests of these pages. */
const names = ['陈德贵', '何玉兰', '李国强', '刘桂香', '蒲大春']

/** A row of the list. */
export function aRow(i: number, change: Partial<MemberRow> = {}): MemberRow {
  return {
    id: String(i).padStart(32, '0'), name: names[i % names.length] ?? '', sex: 'male', age: 47, party_group: '第一小组', kind: 'full', kind_name: '正式党员',
    education_name: '大学专科', phone_masked: '138****0033', post_text: null, excused_for: null, joined_on: '2004-07-01', marks: [], org_name: '青石桥村', birth_date: '1979-02',
    nation_name: '汉族', address_masked: '青石桥村*组', confirmed_on: '2005-07-01', branch: '青石桥村党支部', ...change,
  }
}

export const someRows: readonly MemberRow[] = [
  aRow(0, { kind: 'probationary', kind_name: '预备党员' }), aRow(1, { party_group: '第二小组' }), aRow(2),
  aRow(3, { phone_masked: null }), aRow(4, { marks: [{ kind: 'doubt', text: '身份证号存疑' }] }),
]

/** What a search over those rows finds: by a letter of the name, by kind, by doubt. */
export function find(rows: readonly MemberRow[], q: RosterQuery): RosterFound {
  const searched = rows.filter((r) => !q.search || r.name.includes(q.search))
  const found = searched.filter((r) => (!q.kinds || (r.kind !== null && q.kinds.includes(r.kind))) && (!q.doubt_only || r.marks.length > 0) && (!q.party_group || r.party_group === q.party_group))
  const count = (of: (r: MemberRow) => boolean) => searched.filter(of).length
  return {
    count: found.length,
    ids: (q.descending ? [...found].reverse() : found).map((r) => r.id),
    facets: {
      kinds: [{ value: 'full', label: '正式党员', count: count((r) => r.kind === 'full') }, { value: 'probationary', label: '预备党员', count: count((r) => r.kind === 'probationary') }],
      party_groups: [{ value: '第一小组', label: '第一小组', count: 4 }, { value: '第二小组', label: '第二小组', count: 1 }],
      doubtful: count((r) => r.marks.length > 0),
    },
    sentence: searched.length === 0 ? '没找到。' : `全村${searched.length}人。`,
  }
}

/** Somebody's fields as the form gets them, numbers covered. */
export const someFields: MemberFields = {
  name: '何玉兰', sex: 'female', id_number: '511722********0024', nation: '01', birth_date: '1968-03', education: '71', kind: 'full', branch: '青石桥村党支部',
  party_group: '第二小组', phones: ['136****0052'], address: '青石桥村二组', household_place: null, joined_on: '1996-07', confirmed_on: null, party_age_correction_months: null,
  job: null, floating: false, floating_place: null, out_of_contact: null, courtyard: null, household: null, notes: null,
}

/** Her card. */
export function aCard(change: Partial<MemberCard> = {}): MemberCard {
  return {
    member: someFields,
    row: aRow(1, { sex: 'female', age: 58, education_name: '初中' }),
    tags: ['正式党员，党龄29年', '第二小组'],
    sentence: '矛盾调解岗。',
    doubts: [
      { field: 'education', label: '学历', text: '学历有两种写法，要定一个。', choices: [{ side: 'A', value: '初中', who: '罗永福' }, { side: 'B', value: '高中', who: '周晓雯' }], conflict: 'c1' },
      { field: 'confirmed_on', label: '转正日期', text: '转正日期看不懂。', choices: [{ side: 'raw', value: '九七年下半年', who: '原来写的' }], conflict: null },
    ],
    groups: [
      { title: '基本情况', facts: [{ label: '公民身份号码', value: '511722********0024', field: 'id_number' }, { label: '手机号码', value: '136****0052', field: 'phones' }, { label: '户籍所在地', value: '明水县青石桥村二组*号', field: 'household_place' }, { label: '现居住地', value: '没有写', field: 'address' }] },
      { title: '党内', facts: [{ label: '入党日期', value: '1996-07', field: 'joined_on' }] },
    ],
    timeline: [
      { date: '2026-06-05', kind: 'meeting', text: '到会：主题党日', detail: '积分加2分' },
      { date: '2026-01-12', kind: 'post', text: '定了「矛盾调解岗」', detail: null },
    ],
    standing: { year: 2026, points: 38, pending: 0, rank: 5, of: 63 },
    transfer: null,
    read_only: false,
    records: [],
    elsewhere: [],
    points_together: 38,
    ...change,
  }
}

const row = (change: Partial<ImportRow>): ImportRow => ({ row: 5, status: 'new', name: '邓小兰', summary: '女', problems: [], changes: [], candidates: [], raw: ['邓小兰', '女'], ...change })

/** What an import would do: one row of each kind. */
export function aPreview(change: Partial<ImportPreview> = {}): ImportPreview {
  return {
    session: 's1', file: '党员名册2024.xls', sheet: '名册', header_rows: [4],
    columns: [
      { column: 'A', header: '姓名', field: 'name', field_name: '姓名', certainty: 1, samples: ['张成林'] },
      { column: 'B', header: '电话', field: 'phones', field_name: '手机号码', certainty: 0.7, samples: ['139****0164'] },
      { column: 'C', header: '', field: null, field_name: null, certainty: 0, samples: [] },
    ],
    fields: [{ field: 'name', label: '姓名' }, { field: 'phones', label: '手机号码' }, { field: 'notes', label: '备注' }],
    counts: { new: 1, changed: 1, unchanged: 1, doubtful: 1, refused: 1, skipped: 2 },
    rows: [
      row({ row: 23, status: 'doubtful', name: '张成林', summary: '名册里有两个同名的。', candidates: [{ id: 'p1', title: '张成林', detail: '1964-07' }, { id: 'p2', title: '张成林', detail: '1989-02' }] }),
      row({
        row: 17, status: 'changed', name: '李国强',
        changes: [
          { field: 'phones', label: '手机', old: '138****0033', new: '139****0164', choice: 'new', note: null },
          { field: 'joined_on', label: '入党日期', old: '2004-07-01', new: '2004-07', choice: 'old', note: '新的没有旧的细' },
        ],
      }),
      row({ row: 61, status: 'refused', name: '', summary: '', problems: [{ field: 'name', code: 'name_missing', text: '没有姓名，认不出是谁。' }], raw: ['', '女', '汉'] }),
      row({ row: 5 }),
      row({ row: 6, status: 'unchanged', name: '冯有才' }),
    ],
    ...change,
  }
}
