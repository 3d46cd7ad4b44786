// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type {
  AsideFound,
  ListAside,
  AskTrail,
  ExportTrail,
  Look,
  Trail,
  TrailUser,
  BackupState,
  BackupWritten,
  CopyLooked,
  CopyMade,
  CopyNow,
  FindCopies,
  FoundCopy,
  OneCopy,
  Replace,
  Restore,
  SetBackup,
  Below,
  BundleSealed,
  BundlesRead,
  ClearPart,
  InspectBundle,
  ReadBundles,
  WriteBundle,
  Confirmed,
  Conflict,
  OpenDoubt,
  Resolve,
  ResolveMany,
  SettleVoid,
  UnmaskConflict,
  WholeSide,
  CourtyardCard,
  Courtyards,
  SaveCourtyard,
  SetLiaison,
  DemoFilled,
  FillDemo,
  Digest,
  DigestOf,
  Examine,
  Examined,
  MendIt,
  Mended,
  Draft,
  DraftKept,
  DraftKey,
  FoundDraft,
  PutDraft,
  Done,
  Empty,
  JobStarted,
  JustDone,
  Made,
  Nothing,
  OneRecord,
  OutFile,
  Problem,
  Written,
  Accept,
  Accepted,
  Grant,
  Granted,
  Requested,
  Errand,
  ErrandOpened,
  FinishErrand,
  HandUpErrand,
  ListErrands,
  Matter,
  OpenErrand,
  PromiseOf,
  PromisedDay,
  RateErrand,
  RatingForm,
  RefuseErrand,
  HandOverTo,
  HandedOver,
  HandoverList,
  HandoverOf,
  PastHandover,
  AcceptHelp,
  AskHelp,
  GiveHelp,
  HelpAsked,
  HelpGiven,
  HelpQuestion,
  HelpState,
  WhoAsks,
  Today,
  Household,
  SaveHousehold,
  CommitImport,
  ImportDone,
  ImportPreview,
  ImportRoster,
  MapImport,
  OpenImport,
  RejectsOut,
  RejectsWritten,
  RosterImported,
  JobId,
  JobStatus,
  DeclareKin,
  KinCard,
  SayUser,
  WithdrawKin,
  Laptop,
  RevokeLaptop,
  EditMember,
  ListMembers,
  MemberCard,
  MemberForm,
  MemberList,
  MemberSaved,
  SaveMember,
  Unmask,
  Unmasked,
  VoidMember,
  Regroup,
  Regrouped,
  ListNotes,
  Note,
  NoteSaved,
  SaveNote,
  UnmaskNote,
  WholeNote,
  Organisation,
  Doubles,
  ListDoubles,
  TwoPersons,
  Balance,
  Claim,
  ClaimPoints,
  Claimed,
  ClaimsPreview,
  ExportPoints,
  GridOf,
  ListClaims,
  ListEntries,
  OfGroup,
  PointsEntry,
  PointsGrid,
  PointsHeld,
  PointsOf,
  PreviewClaims,
  ReverseEntry,
  ReviewClaims,
  Reviewed,
  RuleBook,
  AssignPost,
  Assigned,
  Assignment,
  EndPost,
  ExcusePost,
  PostBoard,
  ChangedFile,
  CheckPractices,
  Checked,
  DeclaredPlace,
  DiffPractices,
  KnownPlace,
  ShowPractice,
  SavedTo,
  ErasePerson,
  ErasePreview,
  ErasureLine,
  Redact,
  RightsTable,
  TableOf,
  ExportRoster,
  MemberRow,
  RosterFound,
  RosterQuery,
  RowIds,
  Find,
  Hit,
  SetSettings,
  Settings,
  ReadLog,
  ReadStick,
  Stick,
  StickLog,
  StickRead,
  StickState,
  StickWritten,
  WriteStick,
  Create,
  Created,
  Open,
  Recover,
  StoreStatus,
  WithStatus,
  HubAddress,
  HubKnown,
  HubShown,
  PauseSync,
  RunSync,
  SyncDone,
  SyncGlance,
  SyncState,
  UseHub,
  HandOver,
  LateChange,
  ListTransfers,
  OneTransfer,
  ReceiveMember,
  Release,
  SettleLate,
  TransferAccepted,
  TransferDossier,
  TransferMade,
  Transfers,
  Group,
  Limit,
  Recent,
  Undone,
  OneUpdate,
  UpdateLook,
  UpdateState,
  UpdateTaken,
  AddUser,
  ListedUser,
  NewPassphrase,
  NewRole,
  RoleChoice,
  UserName,
  Verified,
} from "./types";

/** Every typed command: what it takes and what it answers. */
export interface Commands {
  /** Where this store stands */
  "store.status": { request: Nothing; response: StoreStatus };
  /** Makes a store and signs its first user in */
  "store.create": { request: Create; response: Created };
  /** Makes 演示村 in a folder of its own and opens it */
  "store.create_demo": { request: Nothing; response: WithStatus };
  /** Signs a user in */
  "store.open": { request: Open; response: WithStatus };
  /** Gives a new passphrase to whoever has the recovery code, and signs them in */
  "store.recover": { request: Recover; response: WithStatus };
  /** Locks the store; drafts stay */
  "store.lock": { request: Nothing; response: Empty };
  /** Closes 演示村 and goes back to the own store */
  "store.leave_demo": { request: Nothing; response: WithStatus };
  /** Writes the recovery code of this session's first run to a file */
  "recovery.save": { request: OutFile; response: SavedTo };
  /** Says that the recovery code is kept */
  "recovery.confirm": { request: Nothing; response: Empty };
  /** Writes a copy of the store */
  "backup.write": { request: OutFile; response: BackupWritten };
  /** Says that the offer of a first backup was heard and put off: it is not made again */
  "backup.later": { request: Nothing; response: Empty };
  /** Where copies go, when the last good one was made, what went wrong */
  "backup.state": { request: Nothing; response: BackupState };
  /** Chooses the folder for copies, stops or resumes making them by itself */
  "backup.set": { request: SetBackup; response: BackupState };
  /** Makes a copy at a place now and lets old ones give way; the job's result is a CopyMade */
  "backup.now": { request: CopyNow; response: JobStarted; result: CopyMade };
  /** Copies that can be found: in the folder for copies, on sticks, and where one says */
  "backup.found": { request: FindCopies; response: Array<FoundCopy> };
  /** Reads a copy whole and says what would be lost with it; the job's result is a CopyLooked */
  "backup.look": { request: OneCopy; response: JobStarted; result: CopyLooked };
  /** Takes a backup into a data folder that holds no store; afterwards somebody signs in as usual */
  "backup.restore": { request: Restore; response: WithStatus };
  /** Puts a copy in the place of the store that is here, which is kept aside; the job's result is a WithStatus */
  "backup.replace": { request: Replace; response: JobStarted; result: WithStatus };
  /** The settings of this machine */
  "settings.get": { request: Nothing; response: Settings };
  /** Changes them */
  "settings.set": { request: SetSettings; response: Settings };
  /** Keeps a draft */
  "draft.put": { request: PutDraft; response: DraftKept };
  /** The draft of a key */
  "draft.get": { request: DraftKey; response: FoundDraft };
  /** All drafts of this user, the newest first */
  "draft.list": { request: Nothing; response: Array<Draft> };
  /** Forgets a draft */
  "draft.drop": { request: DraftKey; response: Empty };
  /** What there is to do today */
  "home.today": { request: Nothing; response: Today };
  /** A township's or a county's morning, by what stands right below */
  "home.below": { request: Nothing; response: Below };
  /** People, courtyards, errands, posts and pages */
  "search.all": { request: Find; response: Array<Hit> };
  /** Takes back the last act of this user on this machine; null when there is none */
  "undo.last": { request: Nothing; response: Done | null };
  /** Takes back one act */
  "undo.group": { request: Group; response: Undone };
  /** What was done last */
  "undo.recent": { request: Limit; response: Array<Recent> };
  /** Finds people */
  "roster.query": { request: RosterQuery; response: RosterFound };
  /** The rows of some people */
  "roster.rows": { request: RowIds; response: Array<MemberRow> };
  /** Writes people to a workbook */
  "roster.export": { request: ExportRoster; response: Written };
  /** A person's page */
  "member.card": { request: OneRecord; response: MemberCard };
  /** A form for a person */
  "member.edit": { request: EditMember; response: MemberForm };
  /** Writes a person */
  "member.save": { request: SaveMember; response: MemberSaved };
  /** Declares a person's record void */
  "member.void": { request: VoidMember; response: JustDone };
  /** Shows whole numbers, for a purpose */
  "member.unmask": { request: Unmask; response: Unmasked };
  /** Everybody that this store holds */
  "member.list": { request: ListMembers; response: MemberList };
  /** What would be doubtful about a person if this were written; nothing is */
  "member.check": { request: SaveMember; response: Array<Problem> };
  /** Puts several people into one party group; undone as one */
  "member.regroup": { request: Regroup; response: Regrouped };
  /** Says that two records are the same person */
  "person.join": { request: TwoPersons; response: JustDone };
  /** Says that two records are not the same person, which is remembered */
  "person.part": { request: TwoPersons; response: JustDone };
  /** Records that may be the same person, until somebody says */
  "person.doubles": { request: ListDoubles; response: Doubles };
  /** A person's near relatives, and which user the person is */
  "kin.of": { request: OneRecord; response: KinCard };
  /** Says that two persons are near relatives */
  "kin.declare": { request: DeclareKin; response: JustDone };
  /** Takes such a declaration back, not one about oneself */
  "kin.withdraw": { request: WithdrawKin; response: JustDone };
  /** Says which person of the roster somebody who signs in is */
  "kin.user": { request: SayUser; response: JustDone };
  /** Transfers and what is to be done with them */
  "transfer.list": { request: ListTransfers; response: Transfers };
  /** A transfer with the dossier that was handed over, numbers masked */
  "transfer.show": { request: OneTransfer; response: TransferDossier };
  /** Lets a member go to another organisation */
  "transfer.release": { request: Release; response: TransferMade };
  /** Takes a release back before it was accepted, or a hand-over */
  "transfer.cancel": { request: OneTransfer; response: JustDone };
  /** Hands the dossier to the new organisation; done by whoever stands above both */
  "transfer.hand_over": { request: HandOver; response: TransferMade };
  /** Takes the member in with the dossier that was handed over */
  "transfer.accept": { request: OneTransfer; response: TransferAccepted };
  /** Tells the old organisation that the new one has accepted */
  "transfer.confirm": { request: OneTransfer; response: JustDone };
  /** Takes in somebody from an organisation outside of what we hold */
  "transfer.receive": { request: ReceiveMember; response: TransferMade };
  /** What the old organisation wrote too late for the dossier */
  "transfer.late": { request: OneTransfer; response: Array<LateChange> };
  /** Takes a late change over into the new dossier, or leaves it */
  "transfer.settle": { request: SettleLate; response: JustDone };
  /** Reads a file; the job's result is an ImportPreview */
  "import.open": { request: OpenImport; response: JobStarted; result: ImportPreview };
  /** Corrects what the columns mean */
  "import.map": { request: MapImport; response: ImportPreview };
  /** Writes the people; the job's result is an ImportDone */
  "import.commit": { request: CommitImport; response: JobStarted; result: ImportDone };
  /** Writes the rows that wait as a workbook, each with its reason */
  "import.rejects": { request: RejectsOut; response: RejectsWritten };
  /** Reads a roster and, unless it is a dry run, writes what is new and what has changed, as CLI `roster import` */
  "roster.import": { request: ImportRoster; response: RosterImported };
  /** Posts, their holders, and who has none */
  "post.board": { request: Nothing; response: PostBoard };
  /** Gives a member a post */
  "post.assign": { request: AssignPost; response: Assigned };
  /** Ends an assignment */
  "post.end": { request: EndPost; response: JustDone };
  /** Excuses a member from holding a post */
  "post.excuse": { request: ExcusePost; response: JustDone };
  /** Every assignment */
  "post.list": { request: Nothing; response: Array<Assignment> };
  /** Writes the assignments to a workbook */
  "post.export": { request: OutFile; response: Written };
  /** All courtyards */
  "courtyard.list": { request: Nothing; response: Courtyards };
  /** Writes a courtyard */
  "courtyard.save": { request: SaveCourtyard; response: Made };
  /** Says who looks after a courtyard */
  "courtyard.liaison": { request: SetLiaison; response: JustDone };
  /** A courtyard's page */
  "courtyard.card": { request: OneRecord; response: CourtyardCard };
  /** Writes the courtyards to a workbook */
  "courtyard.export": { request: OutFile; response: Written };
  /** Writes a note, and the errand that comes out of it */
  "note.save": { request: SaveNote; response: NoteSaved };
  /** Notes, the newest first */
  "note.list": { request: ListNotes; response: Array<Note> };
  /** Shows a note with the numbers that it quotes, for a purpose */
  "note.unmask": { request: UnmaskNote; response: WholeNote };
  /** Writes the notes to a workbook */
  "note.export": { request: OutFile; response: Written };
  /** What can be asked for */
  "errand.catalogue": { request: Nothing; response: Array<Matter> };
  /** When a matter is promised */
  "errand.promise": { request: PromiseOf; response: PromisedDay };
  /** Takes an errand on */
  "errand.open": { request: OpenErrand; response: ErrandOpened };
  /** Errands */
  "errand.list": { request: ListErrands; response: Array<Errand> };
  /** An errand is done */
  "errand.finish": { request: FinishErrand; response: JustDone };
  /** An errand cannot be taken on */
  "errand.refuse": { request: RefuseErrand; response: JustDone };
  /** An errand goes to the level above */
  "errand.hand_up": { request: HandUpErrand; response: JustDone };
  /** What is asked when an errand is rated, in the words of the practice */
  "errand.rating_form": { request: Nothing; response: RatingForm };
  /** Rates an errand */
  "errand.rate": { request: RateErrand; response: JustDone };
  /** Writes the errands to a workbook */
  "errand.export": { request: OutFile; response: Written };
  /** All households */
  "household.list": { request: Nothing; response: Array<Household> };
  /** Writes a household */
  "household.save": { request: SaveHousehold; response: Made };
  /** What those of a name have and can redeem */
  "points.of": { request: PointsOf; response: Array<PointsHeld> };
  /** The rules of the three groups */
  "points.rules": { request: Nothing; response: Array<RuleBook> };
  /** People × rules on a day */
  "points.grid": { request: GridOf; response: PointsGrid };
  /** What cells would bring; nothing is written */
  "points.preview": { request: PreviewClaims; response: ClaimsPreview };
  /** Claims points */
  "points.claim": { request: ClaimPoints; response: Claimed };
  /** Claims */
  "points.claims": { request: ListClaims; response: Array<Claim> };
  /** Approves or refuses claims */
  "points.review": { request: ReviewClaims; response: Reviewed };
  /** Posted entries */
  "points.entries": { request: ListEntries; response: Array<PointsEntry> };
  /** Reverses an entry */
  "points.reverse": { request: ReverseEntry; response: JustDone };
  /** Balances and ranks of a group */
  "points.balances": { request: OfGroup; response: Array<Balance> };
  /** Writes the balances to a workbook */
  "points.export": { request: ExportPoints; response: Written };
  /** Sticks that are plugged in */
  "stick.find": { request: Nothing; response: Array<Stick> };
  /** What waits to be handed over */
  "stick.state": { request: Nothing; response: StickState };
  /** Sticks that were read and written on this machine, newest first */
  "stick.log": { request: ReadLog; response: Array<StickLog> };
  /** Reads a file or all files of a folder; the job's result is a StickRead */
  "stick.read": { request: ReadStick; response: JobStarted; result: StickRead };
  /** Writes a bundle into a folder; the job's result is a StickWritten */
  "stick.write": { request: WriteStick; response: JobStarted; result: StickWritten };
  /** Exchanges with the county's server; the job's result is a SyncDone */
  "sync.run": { request: RunSync; response: JobStarted; result: SyncDone };
  /** The state in brief, for the foot of every page */
  "sync.glance": { request: Nothing; response: SyncGlance };
  /** Who has what, what waits, what came of the last try */
  "sync.state": { request: Nothing; response: SyncState };
  /** Asks a server for its fingerprint */
  "sync.look": { request: HubAddress; response: HubShown };
  /** Takes a server whose fingerprint a person has compared; at the top of the tree it is told to all below */
  "sync.use": { request: UseHub; response: HubKnown };
  /** Stops or resumes calling by itself */
  "sync.pause": { request: PauseSync; response: Empty };
  /** What is kept and does not count, with the reason, the newest first */
  "aside.list": { request: ListAside; response: AsideFound };
  /** Writes a request for a place in the tree */
  "enrol.request": { request: OutFile; response: Requested };
  /** Gives the asker its place */
  "enrol.grant": { request: Grant; response: Granted };
  /** Takes the place that was given */
  "enrol.accept": { request: Accept; response: Accepted };
  /** Writes one bundle into a folder, also when there is nothing new */
  "bundle.write": { request: WriteBundle; response: BundleSealed };
  /** Reads files and folders of bundles */
  "bundle.read": { request: ReadBundles; response: BundlesRead };
  /** Shows the clear part of a file; needs nobody signed in */
  "bundle.inspect": { request: InspectBundle; response: ClearPart };
  /** The organisations this store knows */
  "org.list": { request: Nothing; response: Array<Organisation> };
  /** Everything that does not agree */
  "conflict.list": { request: Nothing; response: Array<Conflict> };
  /** Says which side stands */
  "conflict.resolve": { request: Resolve; response: JustDone };
  /** Says which sides stand, as one act; never for ID numbers */
  "conflict.resolve_many": { request: ResolveMany; response: JustDone };
  /** Shows the whole numbers of a conflict, for a purpose */
  "conflict.unmask": { request: UnmaskConflict; response: Array<WholeSide> };
  /** What a person should look at: void records that were written to, caps that two computers exceeded together, what a newer version froze, what waits */
  "conflict.doubts": { request: Nothing; response: Array<OpenDoubt> };
  /** Says whether a void record that was written to stays void */
  "conflict.settle_void": { request: SettleVoid; response: JustDone };
  /** The digests of this store */
  "digest.get": { request: DigestOf; response: Digest };
  /** Fills a store with made-up data */
  "demo.fill": { request: FillDemo; response: DemoFilled };
  /** Folds the journal again, compares every table, checks chains, signatures and the file */
  "verify.run": { request: Nothing; response: Verified };
  /** Who signs in here */
  "user.list": { request: Nothing; response: Array<ListedUser> };
  /** The roles of this level and what each may do */
  "user.roles": { request: Nothing; response: Array<RoleChoice> };
  /** Lets somebody sign in */
  "user.add": { request: AddUser; response: JustDone };
  /** Gives somebody else another role */
  "user.role": { request: NewRole; response: JustDone };
  /** Gives a new passphrase; the old one opens nothing any more */
  "user.passphrase": { request: NewPassphrase; response: Empty };
  /** Lets somebody sign in no more; what they wrote stays */
  "user.close": { request: UserName; response: JustDone };
  /** Who may do what */
  "rights.table": { request: TableOf; response: RightsTable };
  /** Who can help at this laptop when a passphrase is forgotten, and whether an answer is waited for */
  "help.state": { request: Nothing; response: HelpState };
  /** Writes a question to the organisation above: somebody has forgotten the passphrase */
  "help.ask": { request: AskHelp; response: HelpAsked };
  /** Who asks in a question */
  "help.look": { request: HelpQuestion; response: WhoAsks };
  /** Answers a question of a laptop below; it is journaled */
  "help.give": { request: GiveHelp; response: HelpGiven };
  /** Takes the answer in: gives a new passphrase to whom it was asked for, and signs them in */
  "help.accept": { request: AcceptHelp; response: WithStatus };
  /** What would be handed over */
  "handover.preview": { request: HandoverOf; response: HandoverList };
  /** Hands over: writes the list, gives the open matters to whoever takes over, closes who leaves */
  "handover.do": { request: HandOverTo; response: HandedOver };
  /** What was handed over here, the newest first */
  "handover.list": { request: Nothing; response: Array<PastHandover> };
  /** The computers of every organisation known here */
  "laptop.list": { request: Nothing; response: Array<Laptop> };
  /** From now on nothing new that a computer writes counts; what is held of it stays */
  "laptop.revoke": { request: RevokeLaptop; response: JustDone };
  /** Erases the words of a record of an organisation below, here and wherever the erasure arrives */
  "redact.record": { request: Redact; response: JustDone };
  /** What erasing a person would take away; nothing is written */
  "redact.preview": { request: OneRecord; response: ErasePreview };
  /** Erases a person of an organisation below, here and wherever the erasure arrives */
  "redact.person": { request: ErasePerson; response: JustDone };
  /** The erasures that count here, the newest first: a backup that is older than one still holds what it erased */
  "redact.list": { request: Nothing; response: Array<ErasureLine> };
  /** The places whose practices are known */
  "practice.list": { request: Nothing; response: Array<KnownPlace> };
  /** Everything declared for one place */
  "practice.show": { request: ShowPractice; response: DeclaredPlace };
  /** Reads a folder of declarations and names every contradiction */
  "practice.check": { request: CheckPractices; response: Checked };
  /** What a folder of declarations says otherwise than the program's own */
  "practice.diff": { request: DiffPractices; response: Array<ChangedFile> };
  /** Looks at whole numbers, the newest first */
  "audit.list": { request: Nothing; response: Array<Look> };
  /** Who saw, changed, exported what, when: a page, what came last first */
  "audit.trail": { request: AskTrail; response: Trail };
  /** Whom the trail can be asked for */
  "audit.users": { request: Nothing; response: Array<TrailUser> };
  /** Writes a part of the trail to a workbook, for a purpose */
  "audit.export": { request: ExportTrail; response: Written };
  /** Looks at the file, the journal, the keys, the disk, the clock, doubts and the backups, from outside when nobody is signed in; the job's result is an Examined */
  "doctor.run": { request: Examine; response: JobStarted; result: Examined };
  /** Mends one thing and looks again; the job's result is a Mended */
  "doctor.mend": { request: MendIt; response: JobStarted; result: Mended };
  /** Somebody says that the clock is right */
  "clock.confirm": { request: Nothing; response: Confirmed };
  /** Which version runs, updates on sticks, packs of practices in force, an installer that waits */
  "update.state": { request: Nothing; response: UpdateState };
  /** Reads an update: what it is, who signed it, whether it can be taken here and if not, why */
  "update.look": { request: OneUpdate; response: UpdateLook };
  /** Takes an update: a pack of practices is in force at once, an installer waits in the data folder after a copy of the store was made; the job's result is an UpdateTaken */
  "update.take": { request: OneUpdate; response: JobStarted; result: UpdateTaken };
  /** How far a job is */
  "job.status": { request: JobId; response: JobStatus };
  /** Stops a job; what it has written stays whole */
  "job.cancel": { request: JobId; response: Empty };
}

export type CommandName = keyof Commands;
