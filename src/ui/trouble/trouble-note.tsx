// A failure, said in place: what happened, what still works, what to do; the log's words on request.

import type { ReactNode } from 'react'
import type { Failure } from '../../state/app-state.ts'
import { Fold } from '../controls/fold.tsx'
import { strings } from '../strings.ts'
import type { Remedy } from './remedy.ts'
import './trouble.css'

interface TroubleNoteProps {
  readonly words: Remedy['words']
  readonly failure: Failure
  /** The button. */
  readonly children: ReactNode
}

export function TroubleNote({ words, failure, children }: TroubleNoteProps) {
  return (
    <div className="trouble">
      <p className="trouble-words" role="alert">
        <strong>{words.happened}</strong> {words.stillWorks}
      </p>
      {children}
      <Fold label={strings.trouble.details}>
        <p className="trouble-details">
          {failure.code}: {failure.message}
          {failure.detail && ` (${failure.detail})`}
        </p>
      </Fold>
    </div>
  )
}
