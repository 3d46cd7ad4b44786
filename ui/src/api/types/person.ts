// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * Two records that may be one person.
 */
export type Double = { 
/**
 * The two ids, joined by a hyphen
 */
id: string, why: DoubleWhy, 
/**
 * 身份证号一样，名字不一样
 */
text: string, first: DoubleSide, second: DoubleSide, facts: Array<DoubleFact>, };

/**
 * A fact of both, numbers masked.
 */
export type DoubleFact = { label: string, first: string, second: string, same: boolean, };

/**
 * One of two records that may be one person.
 */
export type DoubleSide = { id: RecordId, org: RecordId, org_name: string, name: string, 
/**
 * 正常 and the other states of RULES §6
 */
status: string, };

/**
 * Why two records may be one person.
 */
export type DoubleWhy = "number" | "name_and_birth";

/**
 * How many wait for a word, and the first of them.
 */
export type Doubles = { count: number, sentence: string, doubles: Array<Double>, };

/**
 * Suspected doubles, the first so many.
 */
export type ListDoubles = { limit?: number | null, };

/**
 * Two records of persons.
 */
export type TwoPersons = { first: RecordId, second: RecordId, reason?: string | null, };
