// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * An update that lies on a stick; it has not been read yet.
 */
export type FoundUpdate = { 
/**
 * Full path
 */
file: string, name: string, 
/**
 * What the stick is called
 */
stick: string, bytes: number, };

/**
 * An update.
 */
export type OneUpdate = { 
/**
 * The file, on a stick or elsewhere
 */
file: string, };

/**
 * A pack of practices that was taken here.
 */
export type PracticePack = { pack: string, title: string, version: string, built: string, signed_by: string, 
/**
 * Why it is not in force; nothing while it is
 */
not_in_force: string | null, 
/**
 * That is as it should be
 */
superseded: boolean, };

/**
 * What an update brings.
 */
export type UpdateContents = "program" | "practices";

/**
 * An update that was read, and whether it can be taken here.
 */
export type UpdateLook = { contents: UpdateContents, title: string, 
/**
 * Of the program, or of this pack where it was taken before
 */
version_now: string | null, version_then: string, built: string, notes: string, signed_by: string, fits: boolean, 
/**
 * Why it cannot be taken here
 */
why_not: string | null, 
/**
 * How much goes onto the disk
 */
bytes: number, 
/**
 * How many declarations a pack has
 */
declarations: number, };

/**
 * How things stand with updates.
 */
export type UpdateState = { version: string, 
/**
 * Some release key is known to this program: updates can be taken
 */
takes: boolean, 
/**
 * Whose updates are taken
 */
signers: Array<string>, 
/**
 * Whoever asks may take one
 */
may: boolean, found: Array<FoundUpdate>, packs: Array<PracticePack>, 
/**
 * What is wrong with the packs, a sentence each
 */
troubles: Array<string>, waiting: WaitingInstaller | null, };

/**
 * What was taken: the result of `update.take`.
 */
export type UpdateTaken = { contents: UpdateContents, title: string, version: string, text: string, 
/**
 * Of a program: what one types where no window installs it
 */
command: string | null, };

/**
 * An installer that was checked and waits for somebody to run it.
 */
export type WaitingInstaller = { version: string, title: string, signed_by: string, 
/**
 * What one types where no window installs it
 */
command: string | null, };
