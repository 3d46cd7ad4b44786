import type { Post, PostBoard, Unplaced } from '@/api/types'

/** What is being decided for one person, as kept under `post:<member>`. */
export interface GiveDraft {
  /** Id of a post, `other`, `excuse`, or nothing yet. */
  choice: string
  /** The post under 别的岗. */
  other: string
  text: string
  meeting: string
  meetingDay: string
  from: string
  until: string
}

/** Who is being given a post: somebody without one, or anybody for whom a place is meant. */
export type Candidate = Pick<Unplaced, 'member' | 'name' | 'suggestions'> & Partial<Omit<Unplaced, 'member' | 'name' | 'suggestions'>>

/** Every post of the board by its id. */
export function postsOf(board: PostBoard): Map<string, Post> {
  return new Map(board.categories.flatMap((c) => c.posts.map((p) => [p.id, p] as const)))
}

/** The post that would be given, if one is chosen. */
export function chosenPost(draft: GiveDraft): string {
  if (draft.choice === 'excuse') return ''
  return draft.choice === 'other' ? draft.other : draft.choice
}

/** A fresh decision: the best suggestion is chosen, from today on. */
export function freshDraft(person: Candidate, today: string, wanted: string): GiveDraft {
  const first = person.suggestions[0]?.post ?? ''
  const among = wanted === '' || person.suggestions.some((s) => s.post === wanted)
  return { choice: wanted === '' ? first : among ? wanted : 'other', other: among ? '' : wanted, text: '', meeting: '', meetingDay: '', from: today, until: '' }
}
