// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * A place that copies go to.
 */
export type BackupPlace = { path: string, 
/**
 * U 盘「村务1号」 or the folder
 */
name: string, stick: boolean, 
/**
 * It is there now
 */
present: boolean, 
/**
 * On the disk that the data is on: it goes when the disk goes
 */
same_disk: boolean, 
/**
 * Somebody chose it
 */
chosen: boolean, last_good: string | null, 
/**
 * 今天 9:02, 6 月 3 日，9 天前
 */
last_said: string | null, bytes: number | null, 
/**
 * What went wrong since, in a sentence
 */
trouble: string | null, };

/**
 * How things stand with the copies.
 */
export type BackupState = { well: boolean, 
/**
 * In a sentence
 */
text: string, 
/**
 * Days since the last good copy anywhere
 */
days: number | null, paused: boolean, 
/**
 * One is being made
 */
running: boolean, places: Array<BackupPlace>, 
/**
 * How many stay: days, weeks, months
 */
daily: number, weekly: number, monthly: number, };

/**
 * A backup that was written and read back.
 */
export type BackupWritten = { path: string, bytes: number, };

/**
 * A copy that was read whole, beside the store that is here: the result of `backup.look`.
 */
export type CopyLooked = { file: string, at: string | null, org_name: string | null, changes: number | null, own: boolean | null, 
/**
 * The store here could be compared with it
 */
compared: boolean, 
/**
 * Changes here that are not in it
 */
newer: number, 
/**
 * Of these: what others are known to hold
 */
comes_back: number, 
/**
 * Of these: what nobody else is known to hold
 */
lost: number, 
/**
 * Changes in it that are not here
 */
only_there: number, 
/**
 * Changes whose words were erased here at somebody's lawful request and that it still holds
 */
erased_here: number, whose: Array<WhoLoses>, 
/**
 * Who can open it afterwards
 */
users: Array<string>, 
/**
 * What it means, a sentence each
 */
sentences: Array<string>, };

/**
 * A copy that was made at one of the places: the result of `backup.now`.
 */
export type CopyMade = { path: string, bytes: number, 
/**
 * Changes counted in it
 */
changes: number, 
/**
 * Older copies that were not needed any more
 */
gave_way: number, };

/**
 * Where to.
 */
export type CopyNow = { 
/**
 * A stick or a folder; left out: the folder for copies
 */
folder?: string | null, };

/**
 * Where else to look.
 */
export type FindCopies = { folder?: string | null, };

/**
 * A copy that was found; it has not been read whole yet.
 */
export type FoundCopy = { file: string, 
/**
 * The folder it is in
 */
place: string, at: string, bytes: number, 
/**
 * Unknown of copies of the first format
 */
org_name: string | null, changes: number | null, 
/**
 * Of the store in the data folder; nothing where there is none or its keys cannot be read
 */
own: boolean | null, };

/**
 * Which copy.
 */
export type OneCopy = { file: string, };

/**
 * A backup to be put in the place of the store that is here.
 */
export type Replace = { file: string, 
/**
 * May be left out while there is one
 */
user?: string | null, 
/**
 * Must open the copy, or the present keys where they belong to the same store
 */
passphrase: string, };

/**
 * A backup to be put in place of nothing: the data folder must hold no store.
 */
export type Restore = { file: string, };

/**
 * Where and whether copies are made by themselves. What is left out stays.
 */
export type SetBackup = { 
/**
 * The folder; empty: the one that is taken where nobody chose
 */
folder?: string | null, paused?: boolean | null, };

/**
 * What somebody did here that is not in a copy.
 */
export type WhoLoses = { name: string, acts: number, last: string, };
