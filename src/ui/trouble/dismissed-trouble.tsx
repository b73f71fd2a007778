// What went wrong in a part of the page, said in place until it is waved away.

import { Button } from 'react-aria-components'
import type { Failure } from '../../state/app-state.ts'
import { strings } from '../strings.ts'
import { findRemedy, type Remedy } from './remedy.ts'
import { TroubleNote } from './trouble-note.tsx'

interface DismissedTroubleProps {
  readonly failure: Failure | null
  /** The part's own words by error code; other codes have those of the whole page. */
  readonly own: Readonly<Record<string, Remedy['words']>>
  readonly onDismiss: () => void
}

export function DismissedTrouble({ failure, own, onDismiss }: DismissedTroubleProps) {
  if (failure === null) return null
  return (
    <TroubleNote words={own[failure.code] ?? findRemedy(failure.code).words} failure={failure}>
      <Button className="quiet-button" onPress={onDismiss}>
        {strings.notices.dismiss}
      </Button>
    </TroubleNote>
  )
}
