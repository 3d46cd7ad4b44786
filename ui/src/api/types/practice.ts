// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * One file that is another than the program's.
 */
export type ChangedFile = { file: string, 
/**
 * The program has no such file
 */
new: boolean, 
/**
 * Lines that the program's has and this does not, and the other way round
 */
gone: Array<string>, came: Array<string>, };

/**
 * A folder laid out as `assets`, read over what the program brings.
 */
export type CheckPractices = { folder: string, };

/**
 * What a check found.
 */
export type Checked = { agrees: boolean, problems: Array<Contradiction>, };

/**
 * A contradiction with both culprits.
 */
export type Contradiction = { code: string, at: PlaceInFile, with: PlaceInFile | null, text: string, };

/**
 * Everything declared for one place.
 */
export type DeclaredPlace = unknown;

/**
 * A folder against what the program brings.
 */
export type DiffPractices = { folder: string, };

/**
 * A place whose practices are known.
 */
export type KnownPlace = { id: string, name: string, code: string, fallback: boolean, };

/**
 * A place in a file.
 */
export type PlaceInFile = { file: string, line: number | null, };

/**
 * Which place.
 */
export type ShowPractice = { 
/**
 * Word of a place, as `practice.list` gives it; left out: the one this organisation works by
 */
place?: string | null, };
