// What a failure of the library means, in a person's words.

import type { Failure } from '../../state/app-state.ts'
import { strings } from '../strings.ts'
import { findRemedy, type Remedy } from '../trouble/remedy.ts'

/** Why a picture cannot be read comes as the detail (a SkipReason). */
export function describeFailure({ code, detail }: Pick<Failure, 'code' | 'detail'>): Remedy['words'] {
  const words = strings.library
  const reasons: Readonly<Record<string, string>> = strings.dropping.reasons
  const reason = code === 'invalid-input' && Object.hasOwn(reasons, detail) ? reasons[detail] : undefined
  if (reason !== undefined) return { happened: words.unreadPicture(reason), stillWorks: words.unreadPictureNext }
  const own: Readonly<Record<string, Remedy['words']>> = words.trouble
  return own[code] ?? findRemedy(code).words
}
