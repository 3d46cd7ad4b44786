import { invoke, isTauri } from '@tauri-apps/api/core'
import { getCurrentWebview } from '@tauri-apps/api/webview'

/** What a file dialog is asked for. */
export interface Wish {
  /** The dialog's title. */
  title: string
  /** What such files are called, such as 表格. */
  kind?: string
  /** Endings without the dot; none means any file. */
  extensions?: readonly string[]
  /** Suggested name, when saving. */
  name?: string
}

/** A file to read, a place to write one, or a folder. */
export type PathKind = 'file' | 'save' | 'folder'

type Asker = (kind: PathKind, wish: Wish) => Promise<string | null>
let asker: Asker | null = null

/**
 * In a plain browser there is no dialog that gives a path, so the frame asks for it in words. The bridge runs on this very
 * computer, so a path means the same to both.
 */
export function setPathAsker(ask: Asker | null): void {
  asker = ask
}

async function ask(kind: PathKind, wish: Wish): Promise<string | null> {
  const whole = { title: wish.title, kind: wish.kind ?? '', extensions: wish.extensions ?? [], name: wish.name ?? '' }
  if (isTauri()) {
    return await invoke<string | null>(kind === 'file' ? 'pick_file' : kind === 'save' ? 'save_file' : 'pick_folder', { wish: whole })
  }
  // A bridge that was started with answers for the dialogs gives them; any other leaves it to a person.
  const answer = await fetch(`/api/pick/${kind}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(whole) })
  if (answer.ok) return (await answer.json()) as string | null
  return asker ? await asker(kind, wish) : null
}

/** The system's dialog for choosing a file; null when it was closed without choosing. */
export function pickFile(wish: Wish): Promise<string | null> {
  return ask('file', wish)
}

/** Where to write a file of the suggested name; null when nothing was chosen. */
export function saveFile(wish: Wish): Promise<string | null> {
  return ask('save', wish)
}

/** Which folder; null when nothing was chosen. */
export function pickFolder(wish: Wish): Promise<string | null> {
  return ask('folder', wish)
}

/** Hears of files dragged onto the window. In a browser a dropped file has no path, so nothing is heard there. */
export async function onFilesDropped(on: { over: (now: boolean) => void; drop: (paths: string[]) => void }): Promise<() => void> {
  if (!isTauri()) return () => undefined
  return await getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'drop') on.drop(payload.paths)
    on.over(payload.type === 'enter' || payload.type === 'over')
  })
}
