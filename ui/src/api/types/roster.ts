// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * A value that a filter offers.
 */
export type Choice = { value: string, label: string, count: number, };

/**
 * A roster to be written as a workbook.
 */
export type ExportRoster = { out: string, 
/**
 * With whole ID numbers and phones: needs a purpose, and a record stays
 */
unmasked?: boolean | null, purpose?: string | null, 
/**
 * Left out: everybody
 */
ids?: Array<RecordId> | null, };

/**
 * What the filters offer, counted over everybody that the search found.
 */
export type Facets = { kinds: Array<Choice>, party_groups: Array<Choice>, doubtful: number, };

/**
 * A tag in the column 要留意.
 */
export type Mark = { kind: MarkKind, text: string, };

/**
 * Why a row deserves a look.
 */
export type MarkKind = "doubt" | "changed" | "floating" | "lost" | "conflict";

/**
 * One row of the list.
 */
export type MemberRow = { id: RecordId, name: string, 
/**
 * male or female
 */
sex: string | null, age: number | null, party_group: string | null, kind: string | null, kind_name: string, education_name: string | null, 
/**
 * 138****0000
 */
phone_masked: string | null, post_text: string | null, 
/**
 * Why a meeting excused this person from holding a post
 */
excused_for: string | null, joined_on: string | null, marks: Array<Mark>, org_name: string, birth_date: string | null, nation_name: string | null, address_masked: string | null, confirmed_on: string | null, branch: string | null, };

/**
 * Whether somebody holds a post.
 */
export type PostFilter = "all" | "with" | "without";

/**
 * The people found, in order.
 */
export type RosterFound = { count: number, ids: Array<RecordId>, facets: Facets, 
/**
 * The line under the title
 */
sentence: string, };

/**
 * Which people, in which order. Every key may be left out.
 */
export type RosterQuery = { search?: string | null, party_group?: string | null, kinds?: Array<string> | null, post?: PostFilter | null, doubt_only?: boolean | null, sort?: Sort | null, descending?: boolean | null, 
/**
 * An organisation and all below it; left out: everybody the store holds
 */
org?: RecordId | null, };

/**
 * The rows in view.
 */
export type RowIds = { ids: Array<RecordId>, };

/**
 * What a list is ordered by.
 */
export type Sort = "name" | "age" | "joined_on" | "party_group" | "kind";
