// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * Characters, pinyin initials, full pinyin, the tail of an ID number or a phone.
 */
export type Find = { text: string, };

/**
 * Something that was found.
 */
export type Hit = { kind: HitKind, id: string, title: string, detail: string, 
/**
 * Page to open
 */
route: string, };

/**
 * What was found.
 */
export type HitKind = "member" | "courtyard" | "errand" | "post" | "page";
