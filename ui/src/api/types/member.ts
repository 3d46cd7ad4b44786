// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, Problem, RecordId } from "./dto";
import type { MemberRow } from "./roster";
import type { Transfer } from "./transfer";

/**
 * Something about a person that somebody has to settle.
 */
export type Doubt = { field: string, label: string, text: string, choices: Array<DoubtChoice>, 
/**
 * For `conflict.resolve`
 */
conflict: string | null, };

/**
 * One value that somebody may take.
 */
export type DoubtChoice = { side: string, value: string, who: string, };

/**
 * An existing person, or nobody for a new one.
 */
export type EditMember = { id?: RecordId | null, };

/**
 * The same person in another organisation.
 */
export type Elsewhere = { id: RecordId, org_name: string, name: string, status: string, points: number, };

/**
 * What an entry of somebody's timeline is about.
 */
export type EventKind = "post" | "meeting" | "points" | "note" | "change" | "doubt";

/**
 * One fact.
 */
export type Fact = { label: string, value: string, field: string, };

/**
 * Facts that belong together.
 */
export type FactGroup = { title: string, facts: Array<Fact>, };

/**
 * The people this store holds, for scripts.
 */
export type ListMembers = { search?: string | null, 
/**
 * Id or unique name
 */
org?: string | null, unmasked?: boolean | null, purpose?: string | null, };

/**
 * One person for scripts.
 */
export type ListedMember = { id: RecordId, org: RecordId, org_name: string, name: string, id_number: string | null, phones: Array<string>, 
/**
 * 正常 and the other states of RULES §6
 */
status: string, };

/**
 * A person's page.
 */
export type MemberCard = { member: MemberFields, row: MemberRow, 
/**
 * Three tags under the name
 */
tags: Array<string>, sentence: string, doubts: Array<Doubt>, groups: Array<FactGroup>, timeline: Array<TimelineEntry>, standing: Standing | null, 
/**
 * Under which transfer somebody has gone or come
 */
transfer: Transfer | null, 
/**
 * Somebody who has gone is only read here
 */
read_only: boolean, 
/**
 * The records that show as this person, where there are several
 */
records: Array<PersonRecord>, 
/**
 * The same person in other organisations, as far as this seat sees them
 */
elsewhere: Array<Elsewhere>, 
/**
 * All that the person has earned, here and elsewhere
 */
points_together: number, };

/**
 * Everything a person of the roster has. IDs and phones are masked unless a purpose was given; saving a value that
 * equals the mask of the value held changes nothing.
 */
export type MemberFields = { name: string | null, 
/**
 * male or female
 */
sex: string | null, id_number: string | null, 
/**
 * GB/T 3304
 */
nation: string | null, birth_date: string | null, 
/**
 * GB/T 4658
 */
education: string | null, 
/**
 * full, probationary, activist, candidate, applicant
 */
kind: string | null, branch: string | null, party_group: string | null, phones: Array<string>, address: string | null, household_place: string | null, joined_on: string | null, confirmed_on: string | null, party_age_correction_months: number | null, job: string | null, floating: boolean | null, floating_place: string | null, out_of_contact: boolean | null, courtyard: RecordId | null, household: string | null, notes: string | null, };

/**
 * A form for one person.
 */
export type MemberForm = { fields: MemberFields, 
/**
 * To be given back with `member.save`
 */
heads: string, };

/**
 * Everybody that was asked for, never paged.
 */
export type MemberList = { count: number, members: Array<ListedMember>, };

/**
 * A person was written. What is doubtful about it is listed; it is saved all the same.
 */
export type MemberSaved = { id: RecordId, done: Done, problems: Array<Problem>, };

/**
 * One of the records that show as one person.
 */
export type PersonRecord = { id: RecordId, name: string, 
/**
 * Masked
 */
id_number: string | null, 
/**
 * What it alone says beside that, in a few words
 */
text: string, 
/**
 * It gives its id to the whole
 */
leads: boolean, };

/**
 * Fields of a person to be written; those left out stay as they are, `null` empties a field.
 */
export type SaveMember = { id?: RecordId | null, 
/**
 * Some of MemberFields
 */
fields: Partial<MemberFields>, 
/**
 * As `member.edit` gave them: what the person at the screen had seen
 */
heads?: string | null, };

/**
 * Where a person stands in the year's points.
 */
export type Standing = { year: number, points: number, pending: number, rank: number | null, of: number, };

/**
 * One entry of the timeline.
 */
export type TimelineEntry = { date: string, kind: EventKind, text: string, detail: string | null, };

/**
 * A look at whole numbers. It leaves a record.
 */
export type Unmask = { id: RecordId, purpose: string, };

/**
 * Whole numbers.
 */
export type Unmasked = { id_number: string | null, phones: Array<string>, address: string | null, household_place: string | null, floating_place: string | null, };

/**
 * 作废: the record stays, and can be taken back.
 */
export type VoidMember = { id: RecordId, reason: string, };
