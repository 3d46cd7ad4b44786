import type { StoreStatus, SyncGlance } from '@/api/types'
import { agoInWords, dateInWords } from './dates'
import { frame as w } from './frame'

/** How things stand with the others: one state in words, and a calm fact below it. */
export interface Standing { lead: string; strong: string; note: string }

type Seat = Pick<StoreStatus, 'level' | 'parent' | 'waiting' | 'last_exchange'>

/** When one last met the others, by net or by stick, whichever was later. */
function lastMeeting(glance: SyncGlance | undefined, seat: Seat, big: boolean, now: Date): string | null {
  const contact = glance?.last_contact ?? null
  const day = seat.last_exchange?.slice(0, 10) ?? ''
  if (contact !== null && contact.slice(0, 10) >= day) return w.lastContact(agoInWords(contact, now), big)
  return day === '' ? null : w.lastExchange(dateInWords(day), big)
}

/** The one state of the foot of the menu. Being without a network is a fact and no fault, and never comes without what waits. */
export function standing(glance: SyncGlance | undefined, seat: Seat, big: boolean, now: Date = new Date()): Standing {
  const level = seat.level ?? 'village'
  const waiting = glance?.waiting ?? seat.waiting
  if (glance?.running) return { lead: '', strong: w.calling, note: w.callingNote }
  if (glance?.offline && !glance.paused) return { lead: '', strong: w.offline.join(''), note: seat.parent ? w.offlineNote(waiting) : w.offlineAlone[level] }
  const met = lastMeeting(glance, seat, big, now)
  if (!seat.parent) return { lead: '', strong: w.alone[level], note: glance?.has_hub && met ? met : w.aloneNote[level] }
  const note = met ?? w.neverExchanged
  if (waiting > 0) return { lead: w.waiting, strong: w.waitingCount(waiting), note }
  return { lead: '', strong: glance?.delivered ? w.delivered[level] : w.nothingWaiting, note }
}

/** The same as a sentence. */
export function standingSentence({ lead, strong, note }: Standing): string {
  const said = lead === '' ? strong : `${lead} ${strong}`
  return /。$/.test(said) ? said + note : `${said}，${note}${/。$/.test(note) ? '' : '。'}`
}
