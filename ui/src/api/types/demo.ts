// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * What was made up.
 */
export type DemoFilled = { seed: number, villages: number, members: number, courtyards: number, notes: number, errands: number, claims: number, };

/**
 * How much to make up.
 */
export type FillDemo = { 
/**
 * 1 in a village's store
 */
villages?: number | null, 
/**
 * Of all villages together; left out: in proportion
 */
members?: number | null, 
/**
 * Months of daily life up to today
 */
months?: number | null, seed?: number | null, 
/**
 * Also into a store that holds people already
 */
add?: boolean | null, };
