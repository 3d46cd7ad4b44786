// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";

/**
 * A member is given a post.
 */
export type AssignPost = { member: RecordId, 
/**
 * Id of the catalogue
 */
post: string, 
/**
 * Left out: all duties of the post
 */
duties?: Array<string> | null, from: string, 
/**
 * Left out: the term that the rules give
 */
until?: string | null, decided_on?: string | null, decided_by?: string | null, };

/**
 * A post was given.
 */
export type Assigned = { assignment: RecordId, done: Done, };

/**
 * One assignment of the list, past ones included.
 */
export type Assignment = { assignment: RecordId, member: RecordId, name: string, post: string, post_name: string, category_name: string, duties: Array<string>, from: string, until: string | null, decided_on: string | null, decided_by: string | null, ended_on: string | null, end_reason: string | null, org_name: string, };

/**
 * A member leaves a post.
 */
export type EndPost = { assignment: RecordId, on: string, reason?: string | null, };

/**
 * 免岗.
 */
export type ExcusePost = { member: RecordId, reason: string, decided_on?: string | null, };

/**
 * A member who was excused.
 */
export type Excused = { excuse: RecordId, member: RecordId, name: string, reason: string, decided_on: string | null, };

/**
 * Somebody who holds a post.
 */
export type Holder = { assignment: RecordId, member: RecordId, name: string, since: string, until: string | null, };

/**
 * A post of the catalogue and who holds it.
 */
export type Post = { id: string, name: string, duties: Array<string>, frequency: string | null, evidence: string | null, places: number, holders: Array<Holder>, vacant: number, };

/**
 * The whole board.
 */
export type PostBoard = { sentence: string, categories: Array<PostCategory>, unplaced: Array<Unplaced>, excused: Array<Excused>, };

/**
 * Posts that belong together.
 */
export type PostCategory = { id: string, name: string, posts: Array<Post>, };

/**
 * A post that would suit, with its reason.
 */
export type PostSuggestion = { post: string, name: string, reason: string, };

/**
 * A member without office who has neither a post nor an excuse.
 */
export type Unplaced = { member: RecordId, name: string, age: number | null, sex: string | null, party_group: string | null, 
/**
 * What the roster knows that bears on it: 以前是村医
 */
about: string | null, 
/**
 * Best first, only posts with a place left
 */
suggestions: Array<PostSuggestion>, 
/**
 * What a meeting may excuse this person for: 年纪大
 */
excusable: string | null, };
