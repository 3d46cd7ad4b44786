// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";

/**
 * An errand.
 */
export type Errand = { id: RecordId, number: string, person: string, matter: string, matter_name: string, agent: RecordId | null, agent_name: string | null, 
/**
 * What was brought
 */
papers: Array<string>, opened_on: string, promised_on: string | null, done_on: string | null, result: string | null, days_late: number | null, rating: Rating | null, courtyard: RecordId | null, courtyard_name: string | null, state: ErrandState, };

/**
 * Which errands a list shows.
 */
export type ErrandFilter = "open" | "done" | "all";

/**
 * An errand was taken on.
 */
export type ErrandOpened = { id: RecordId, number: string, done: Done, };

/**
 * Where an errand stands.
 */
export type ErrandState = "open" | "done" | "refused" | "handed_up";

/**
 * An errand is done.
 */
export type FinishErrand = { id: RecordId, on: string, result: string, };

/**
 * An errand goes to the level above.
 */
export type HandUpErrand = { id: RecordId, on: string, to: string, };

/**
 * Which errands.
 */
export type ListErrands = { state?: ErrandFilter | null, courtyard?: RecordId | null, };

/**
 * A matter of the catalogue.
 */
export type Matter = { id: string, name: string, category: string, 
/**
 * Where it is done
 */
office: string, papers: Array<string>, 
/**
 * Words in a note that speak of it
 */
words: Array<string>, promise: PromiseRule, 
/**
 * If it were taken on today
 */
promised_on: string, explained: string, };

/**
 * An errand to be taken on.
 */
export type OpenErrand = { courtyard?: RecordId | null, person: string, matter: string, agent?: RecordId | null, papers: Array<string>, promised_on?: string | null, note?: RecordId | null, 
/**
 * Left out: today
 */
opened_on?: string | null, };

/**
 * An errand that a note brought.
 */
export type OpenedErrand = { id: RecordId, number: string, promised_on: string, };

/**
 * When a matter taken on a day is promised.
 */
export type PromiseOf = { matter: string, from: string, };

/**
 * How long a matter may take.
 */
export type PromiseRule = { days: number, 
/**
 * Working days
 */
working: boolean, };

/**
 * A promised day and how it was counted.
 */
export type PromisedDay = { promised_on: string, 
/**
 * 5 个工作日，已跳过周末和端午（6 月 19 日）
 */
explained: string, };

/**
 * 一件一评价: 1 to 5 each, the words are data.
 */
export type RateErrand = { id: RecordId, attitude: number, quality: number, efficiency: number, };

/**
 * What the person said of it, 1 to 5 each.
 */
export type Rating = { attitude: number, quality: number, efficiency: number, };

/**
 * What people are asked about an errand, and what each mark is called.
 */
export type RatingAspect = { 
/**
 * attitude, quality or efficiency
 */
id: string, name: string, question: string, 
/**
 * What the marks from 1 on are called
 */
labels: Array<string>, };

/**
 * 一件一评价 as the practice in force declares it.
 */
export type RatingForm = { name: string, aspects: Array<RatingAspect>, };

/**
 * An errand cannot be taken on.
 */
export type RefuseErrand = { id: RecordId, on: string, reason: string, };
