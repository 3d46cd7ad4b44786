// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";

/**
 * What an account has.
 */
export type Balance = { account: RecordId, name: string, party_group: string | null, 
/**
 * Posted; where the book starts anew each year, of this year
 */
balance: number, 
/**
 * Claimed and not yet reviewed
 */
pending: number, 
/**
 * Posted this year
 */
year: number, 
/**
 * By this year's points; equal points share a rank
 */
rank: number, 
/**
 * Whole tiers that the balance buys, where the book has vouchers
 */
vouchers: number | null, };

/**
 * How often a rule is claimed for an account on that day; 0 takes a claim back that nobody has reviewed.
 */
export type Cell = { account: RecordId, rule: string, times: number, };

/**
 * What a cell would bring.
 */
export type CellPreview = { account: RecordId, rule: string, times: number, asked: number, granted: number, capped: boolean, 
/**
 * 到顶，记 0 分
 */
text: string, };

/**
 * A claim.
 */
export type Claim = { id: RecordId, account: RecordId, name: string, rule: string, rule_name: string, date: string, times: number, asked: number, granted: number, event: string | null, proposer: string, 
/**
 * Proposed by whoever is signed in, who therefore does not review it
 */
mine: boolean, state: ClaimState, reason: string | null, };

/**
 * Which claims a list shows.
 */
export type ClaimFilter = "proposed" | "posted" | "refused" | "all";

/**
 * Cells that are claimed.
 */
export type ClaimPoints = { group: PeopleGroup, date: string, event?: string | null, cells: Array<Cell>, };

/**
 * Where a claim stands.
 */
export type ClaimState = "proposed" | "posted" | "refused";

/**
 * Claims were made.
 */
export type Claimed = { claims: number, points: number, done: Done, };

/**
 * What the cells would bring together.
 */
export type ClaimsPreview = { cells: Array<CellPreview>, 
/**
 * Account → granted points
 */
sums: { [key in string]: number }, total: number, 
/**
 * How many cells are at their cap
 */
capped: number, };

/**
 * Where an entry stands.
 */
export type EntryState = "posted" | "reversed" | "reversal" | "conflict";

/**
 * A group to be written as a workbook.
 */
export type ExportPoints = { out: string, group: PeopleGroup, };

/**
 * One account of the grid.
 */
export type GridAccount = { id: RecordId, name: string, party_group: string | null, year_total: number, 
/**
 * Rule → points already granted in its period
 */
used: { [key in string]: number }, };

/**
 * A claim that is there already.
 */
export type GridClaim = { account: RecordId, rule: string, times: number, id: RecordId, event: string | null, state: ClaimState, };

/**
 * A group on a day.
 */
export type GridOf = { group: PeopleGroup, date: string, };

/**
 * Which claims.
 */
export type ListClaims = { state?: ClaimFilter | null, };

/**
 * Entries of one account, or all.
 */
export type ListEntries = { account?: RecordId | null, };

/**
 * One group.
 */
export type OfGroup = { group: PeopleGroup, };

/**
 * The three groups, each with its own rules (RULES §8).
 */
export type PeopleGroup = "members" | "households" | "hardship";

/**
 * What a rule counts by.
 */
export type Per = "once" | "time" | "day" | "month" | "quarter" | "half_year" | "year";

/**
 * A rule of the book.
 */
export type PointRule = { id: string, name: string, 
/**
 * 基础分, 评议分, 激励分
 */
part: string, 
/**
 * For one; the most of a score; the highest step of a running total
 */
points: number, counts: RuleCounts, 
/**
 * 次, 月 …
 */
unit: string, per: Per, cap: number | null, cap_period: Per | null, 
/**
 * 每次 2 分，全年最多 12
 */
cap_text: string, };

/**
 * A posted entry.
 */
export type PointsEntry = { key: string, account: RecordId, date: string, name: string, rule_name: string, points: number, state: EntryState, reason: string | null, done_by: string, };

/**
 * People × rules.
 */
export type PointsGrid = { book: string, accounts: Array<GridAccount>, claims: Array<GridClaim>, };

/**
 * What somebody of a name has.
 */
export type PointsHeld = { account: RecordId, name: string, group: PeopleGroup, 
/**
 * 普通村民
 */
group_name: string, party_group: string | null, balance: number, 
/**
 * Whole tiers that the balance buys, where the book has vouchers
 */
vouchers: number | null, };

/**
 * Whose points: the whole name, so that whoever redeems vouchers needs no list of people.
 */
export type PointsOf = { name: string, };

/**
 * Cells that somebody thinks of claiming.
 */
export type PreviewClaims = { group: PeopleGroup, date: string, event?: string | null, cells: Array<Cell>, };

/**
 * An entry that was wrong.
 */
export type ReverseEntry = { 
/**
 * As `points.entries` gave it
 */
key: string, reason: string, };

/**
 * Claims approved or refused, not by the one who proposed them.
 */
export type ReviewClaims = { claims: Array<RecordId>, approve: boolean, reason?: string | null, };

/**
 * Claims were reviewed.
 */
export type Reviewed = { posted: number, points: number, done: Done, };

/**
 * The rules of one group.
 */
export type RuleBook = { group: PeopleGroup, group_name: string, book: string, version: string, 
/**
 * Sentences that stand above the list
 */
principles: Array<string>, rules: Array<PointRule>, };

/**
 * What the number in a cell means: times, a score that was given, or hours of a running total.
 */
export type RuleCounts = "times" | "score" | "hours";
