// The shapes of every command. Written from the list of commands until they are generated from the Rust side.
import type * as C from './types/courtyards'
import type * as P from './types/points'
import type * as O from './types/posts'
import type * as R from './types/roster'
import type * as S from './types/store'
import type * as K from './types/stick'


type Nothing = Record<string, never>
interface C1<Q, A> { request: Q; response: A }
interface Out { out: string }
interface Exported { path: string; rows: number }
interface Job { job: string }
type Group = P.PointsRules['group']

/** Every command by name, with what it asks and what it answers. */
export interface Commands {
  'store.status': C1<Nothing, S.StoreStatus>
  'store.create': C1<S.StoreCreate, { recovery_code: string; status: S.StoreStatus }>
  'store.create_demo': C1<Nothing, { status: S.StoreStatus }>
  'store.open': C1<{ user: string | null; passphrase: string }, { status: S.StoreStatus }>
  'store.lock': C1<Nothing, Nothing>
  'store.leave_demo': C1<Nothing, { status: S.StoreStatus }>
  'recovery.save': C1<Out, { path: string }>
  'recovery.confirm': C1<Nothing, Nothing>
  'backup.write': C1<Out, { path: string; bytes: number }>
  'backup.restore': C1<{ file: string }, { status: S.StoreStatus }>
  'verify.run': C1<Nothing, { agrees: boolean; changes: number; differences: { place: string; text: string }[] }>
  'settings.get': C1<Nothing, S.Settings>
  'settings.set': C1<Partial<S.Settings>, S.Settings>
  'draft.put': C1<{ key: string; body: unknown }, { at: string }>
  'draft.get': C1<{ key: string }, { body: unknown; at: string | null }>
  'draft.list': C1<Nothing, S.Draft[]>
  'draft.drop': C1<{ key: string }, Nothing>
  'home.today': C1<Nothing, S.Today>
  'search.all': C1<{ text: string }, S.Hit[]>
  'undo.last': C1<Nothing, S.Done | null>
  'undo.group': C1<{ group: string }, { done: S.Done; left: string[] }>
  'undo.recent': C1<{ limit: number }, S.Recent[]>
  'job.status': C1<Job, S.JobStatus>
  'job.cancel': C1<Job, Nothing>

  'roster.query': C1<R.RosterQuery, R.RosterAnswer>
  'roster.rows': C1<{ ids: string[] }, R.MemberRow[]>
  'member.card': C1<{ id: string }, R.MemberCard>
  'member.edit': C1<{ id: string | null }, { fields: R.MemberFields; heads: unknown }>
  'member.save': C1<{ id: string | null; fields: Partial<R.MemberFields>; heads: unknown }, { id: string; done: S.Done; problems: R.Problem[] }>
  'member.void': C1<{ id: string; reason: string }, { done: S.Done }>
  'member.unmask': C1<{ id: string; purpose: string }, { id_number: string; phones: string[]; address: string }>
  'roster.export': C1<{ out: string; unmasked: boolean; purpose: string | null; ids: string[] | null }, Exported>
  'import.open': C1<{ path: string }, Job>
  'import.map': C1<{ session: string; columns: { column: number; field: string | null }[]; header_rows: number | null }, R.ImportPreview>
  'import.commit': C1<{ session: string; choices: Record<string, Record<string, 'old' | 'new'>>; candidates: Record<string, string> }, Job>
  'import.rejects': C1<{ session: string; out: string }, { path: string }>

  'post.board': C1<Nothing, O.PostBoard>
  'post.assign': C1<O.PostAssign, { assignment: string; done: S.Done }>
  'post.end': C1<{ assignment: string; on: string; reason: string }, { done: S.Done }>
  'post.excuse': C1<{ member: string; reason: string; decided_on: string }, { done: S.Done }>
  'post.export': C1<Out, Exported>

  'courtyard.list': C1<Nothing, { sentence: string; courtyards: C.CourtyardRow[] }>
  'courtyard.save': C1<C.CourtyardSave, { id: string; done: S.Done }>
  'courtyard.liaison': C1<{ courtyard: string; member: string; phone: string | null; supervision_phone: string | null; from: string }, { done: S.Done }>
  'courtyard.card': C1<{ id: string }, C.CourtyardCard>
  'courtyard.export': C1<Out, Exported>
  'note.save': C1<C.NoteSave, { note: string; errand: string | null; done: S.Done }>
  'note.list': C1<{ courtyard: string | null }, C.Note[]>
  'note.export': C1<Out, Exported>
  'errand.catalogue': C1<Nothing, C.Matter[]>
  'errand.promise': C1<{ matter: string; from: string }, { promised_on: string; explained: string }>
  'errand.open': C1<C.ErrandOpen, { id: string; number: string; done: S.Done }>
  'errand.list': C1<{ state: 'open' | 'done' | 'all'; courtyard: string | null }, C.Errand[]>
  'errand.finish': C1<{ id: string; on: string; result: string }, { done: S.Done }>
  'errand.refuse': C1<{ id: string; on: string; reason: string }, { done: S.Done }>
  'errand.hand_up': C1<{ id: string; on: string; to: string }, { done: S.Done }>
  'errand.rate': C1<{ id: string; attitude: number; quality: number; efficiency: number }, { done: S.Done }>
  'errand.export': C1<Out, Exported>

  'points.rules': C1<Nothing, P.PointsRules[]>
  'points.grid': C1<{ group: Group; date: string }, P.PointsGrid>
  'points.preview': C1<{ group: Group; date: string; cells: P.PointsCell[] }, P.PointsPreview>
  'points.claim': C1<{ group: Group; date: string; event: string | null; cells: P.PointsCell[] }, { claims: number; points: number; done: S.Done }>
  'points.claims': C1<{ state: 'proposed' | 'posted' | 'refused' | 'all' }, P.PointsClaim[]>
  'points.review': C1<{ claims: string[]; approve: boolean; reason: string | null }, { posted: number; points: number; done: S.Done }>
  'points.entries': C1<{ account: string | null }, P.PointsEntry[]>
  'points.reverse': C1<{ key: string; reason: string }, { done: S.Done }>
  'points.balances': C1<{ group: Group }, P.PointsBalance[]>
  'points.export': C1<{ out: string; group: Group }, Exported>

  'stick.find': C1<Nothing, K.Stick[]>
  'stick.state': C1<Nothing, K.StickState>
  'stick.read': C1<{ path: string }, Job>
  'stick.write': C1<{ dir: string; to: string | null }, Job>
  'enrol.request': C1<Out, unknown>
  'enrol.grant': C1<{ request: string; out: string; org: string | null }, unknown>
  'enrol.accept': C1<{ file: string }, unknown>
  'org.list': C1<Nothing, K.Org[]>
  'conflict.list': C1<Nothing, K.Conflict[]>
  'conflict.resolve': C1<{ id: string; take: string }, { done: S.Done }>
}
