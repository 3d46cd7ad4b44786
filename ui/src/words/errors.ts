import type { ApiFailure } from '@/api/client'
import { sentences, sp } from './sp'

/** What is said of anything that went wrong, in this order. */
export interface ThreeParts {
  /** What happened, and whether what is kept is safe: the backend says both in its message. */
  what: string
  /** What to do next. */
  next: string
  /** For the telephone, behind 更多. */
  code: string
}

const w = sentences({
  noAnswer: '程序的里头没有应声，这一步没办成。已经存下的都在。',
  noAnswerNext: '等一会儿再点一次。还是不行，就关掉院坝再打开。',
  unknown: '这一步没办成。已经存下的都在。',
  unknownNext: '再试一次。还是不行，把下面的代号念给镇里听。',
})

/** Turns a failure of any kind into the three parts. */
export function inThreeParts(failure: unknown): ThreeParts {
  const f = failure as Partial<ApiFailure> | null | undefined
  if (f && typeof f.message === 'string' && typeof f.code === 'string' && f.message !== '') {
    return { what: sp(f.message), next: sp(f.next_step ?? ''), code: f.code }
  }
  return { what: w.unknown, next: w.unknownNext, code: 'internal' }
}

/** The failure of a call that got no answer at all. */
export function noAnswer(): ApiFailure {
  return { code: 'internal', message: w.noAnswer, next_step: w.noAnswerNext, field: null }
}
