import { isTauri } from '@tauri-apps/api/core'
import { askWindow } from './client'

/** Endings of files that the window has opened by the computer's own program; the window keeps the same list. */
const OPENED = ['xlsx', 'csv', 'pdf', 'png']

/** Whether a file that was just saved can be opened from here: only in the window, and only a table, a list, a page or a picture. */
export function canOpen(path: string): boolean {
  return isTauri() && OPENED.includes(path.split('.').at(-1)?.toLowerCase() ?? '')
}

/** Has the computer's own program open a file that was saved in this window. */
export function openFile(path: string): Promise<void> {
  return askWindow('open_file', { path })
}

/** Whether the installer that waits can be opened from here. */
export function canInstall(): boolean {
  return isTauri()
}

/** Has the computer's own installer open the update that was checked and waits. */
export function installUpdate(): Promise<void> {
  return askWindow('install_update')
}
