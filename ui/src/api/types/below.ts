// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";
import type { Task } from "./home";
import type { StickLog } from "./stick";
import type { Level } from "./store";

/**
 * A township's or a county's morning.
 */
export type Below = { date: string, 
/**
 * What stands right below
 */
level: Level, units: Array<Unit>, 
/**
 * What a person here has to decide, one line each
 */
decide: Array<Task>, 
/**
 * How many things those are
 */
to_decide: number, 
/**
 * Files of today that were not taken in and that no later file of the same writer made good
 */
refused: Array<StickLog>, 
/**
 * Sticks of today, newest first
 */
today: Array<StickLog>, 
/**
 * After how many days somebody counts as long unheard
 */
unheard_days: number, };

/**
 * An organisation right below.
 */
export type Unit = { id: RecordId, name: string, computers: number, state: UnitState, 
/**
 * The last stick of today
 */
at: string | null, 
/**
 * What came today
 */
new: number, 
/**
 * 手记 3 篇，代办 2 件
 */
what: string, 
/**
 * The clock of the computer that wrote today's last stick could not be right
 */
clock_odd: boolean, 
/**
 * Why today's last stick was not taken in
 */
reason: string | null, 
/**
 * Day and days since anything was heard of it; nothing for never
 */
last_heard: string | null, days: number | null, 
/**
 * Longer than it should be
 */
unheard: boolean, 
/**
 * Conflicts and doubts of it and everything below it that a person has to settle
 */
doubts: number, 
/**
 * People of its roster who are in doubt
 */
doubtful: number, 
/**
 * Claims of points that wait for a review
 */
claims: number, 
/**
 * Changes that it is not known to hold: what a stick for it would carry
 */
hand_back: number, };

/**
 * How an organisation below stands: today for a township, of late for a county.
 */
export type UnitState = "read" | "doubt" | "parked" | "refused" | "absent";
