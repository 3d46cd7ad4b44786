import { invoke, isTauri } from '@tauri-apps/api/core'
import { getCurrentWebview } from '@tauri-apps/api/webview'

/** What is asked for: a file to read, a place to write one, or a folder. */
export interface PathQuestion {
  kind: 'open' | 'save' | 'folder'
  title: string
  /** Suggested file name, when saving. */
  name: string
  extensions: readonly string[]
}

type Asker = (question: PathQuestion) => Promise<string | null>
let asker: Asker | null = null

/**
 * In a plain browser there is no dialog that gives a path, so the frame asks for it in words. The bridge runs on this very
 * computer, so a path means the same to both.
 */
export function setPathAsker(ask: Asker | null): void {
  asker = ask
}

async function ask(question: PathQuestion): Promise<string | null> {
  if (isTauri()) {
    const command = { open: 'pick_file', save: 'save_file', folder: 'pick_folder' }[question.kind]
    return await invoke<string | null>(command, { title: question.title, name: question.name, extensions: question.extensions })
  }
  return asker ? await asker(question) : null
}

/** The system's dialog for choosing a file; null when it was closed without choosing. */
export function pickFile(title: string, extensions: readonly string[]): Promise<string | null> {
  return ask({ kind: 'open', title, name: '', extensions })
}

/** Where to write a file of the suggested name; null when nothing was chosen. */
export function saveFile(title: string, name: string, extensions: readonly string[]): Promise<string | null> {
  return ask({ kind: 'save', title, name, extensions })
}

/** Which folder; null when nothing was chosen. */
export function pickFolder(title: string): Promise<string | null> {
  return ask({ kind: 'folder', title, name: '', extensions: [] })
}

/** Hears of files dragged onto the window. In a browser a dropped file has no path, so nothing is heard there. */
export async function onFilesDropped(on: { over: (now: boolean) => void; drop: (paths: string[]) => void }): Promise<() => void> {
  if (!isTauri()) return () => undefined
  return await getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'drop') on.drop(payload.paths)
    on.over(payload.type === 'enter' || payload.type === 'over')
  })
}
