// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";
import type { OpenedErrand } from "./errand";

/**
 * Notes of one courtyard, or all.
 */
export type ListNotes = { courtyard?: RecordId | null, };

/**
 * A note.
 */
export type Note = { id: RecordId, courtyard: RecordId, courtyard_name: string, date: string, author: string, present: Array<Present>, text: string, tags: Array<string>, 
/**
 * The errand that came out of it
 */
errand: RecordId | null, };

/**
 * An errand that comes out of a note.
 */
export type NoteErrand = { 
/**
 * Id of the catalogue
 */
matter: string, 
/**
 * Who asked; left out: the first who was there
 */
person?: string | null, agent?: RecordId | null, papers: Array<string>, 
/**
 * Left out: computed from the catalogue
 */
promised_on?: string | null, };

/**
 * A note was written.
 */
export type NoteSaved = { note: RecordId, errand: OpenedErrand | null, done: Done, };

/**
 * Somebody who was there: a member of the roster or a name.
 */
export type Present = { name: string, member: RecordId | null, };

/**
 * A note to be written.
 */
export type SaveNote = { id?: RecordId | null, courtyard: RecordId, date: string, present: Array<Present>, text: string, tags: Array<string>, errand?: NoteErrand | null, };

/**
 * A note with the numbers that it quotes. It leaves a record.
 */
export type UnmaskNote = { id: RecordId, purpose: string, };

/**
 * The whole text of a note.
 */
export type WholeNote = { text: string, };
