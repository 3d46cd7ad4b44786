/** True while an input method is composing: no key of ours acts then. WebKit reports the last one only as 229. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}

const FIELDS = 'input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled]), [role=combobox]'

/** What ends a form: the main button, or in a dialog, which has none, its verb. */
const END = '.main-act, [data-end]'

/** Enter goes to the next field of the form, and from the last one to what ends it, without pressing it. */
export function moveOn(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.altKey || event.metaKey || isComposing(event)) return
  const from = event.target
  if (!(from instanceof HTMLElement) || from instanceof HTMLTextAreaElement) return
  const form: ParentNode = from.closest('form, [data-form], [role=dialog], main') ?? document
  // The page under a dialog is out of reach, and a dialog that is shut still stands in the page.
  const dialog = from.closest('[role=dialog]')
  const end = form.querySelector<HTMLElement>(END) ?? (dialog ? dialog.querySelector<HTMLElement>(END) : document.querySelector<HTMLElement>('.main-act'))
  const fields = [...form.querySelectorAll<HTMLElement>(FIELDS)].filter((el) => el.tabIndex >= 0 && el.offsetParent !== null)
  const next = fields[fields.indexOf(from) + 1] ?? end
  event.preventDefault()
  next?.focus()
}
