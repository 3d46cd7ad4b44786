import { invoke, isTauri } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
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
 * Only the window has dialogs that give a path; in a plain browser the frame asks for it in words. The bridge runs on this
 * very computer, so a path means the same to both.
 */
export function setPathAsker(ask: Asker | null): void {
  asker = ask
}

async function ask(kind: PathKind, wish: Wish): Promise<string | null> {
  if (isTauri()) {
    const whole = { title: wish.title, kind: wish.kind ?? '', extensions: wish.extensions ?? [], name: wish.name ?? '' }
    return await invoke<string | null>(kind === 'file' ? 'pick_file' : kind === 'save' ? 'save_file' : 'pick_folder', { wish: whole })
  }
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

/** Hears of files that were opened with the program, by a double click on them, also of those that it was started with. */
export async function onFilesOpened(on: (paths: string[]) => void): Promise<() => void> {
  if (!isTauri()) return () => undefined
  const take = async () => {
    const paths = await invoke<string[]>('opened_files')
    if (paths.length > 0) on(paths)
  }
  const stop = await listen('opened', () => void take())
  await take()
  return stop
}
