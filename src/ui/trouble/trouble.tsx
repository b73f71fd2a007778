// A failure, said in place: what happened, what still works, one button; the log's words on request.

import { Button } from 'react-aria-components'
import type { Failure } from '../../state/app-state.ts'
import { Fold } from '../controls/fold.tsx'
import { useActions } from '../store-context.tsx'
import { strings } from '../strings.ts'
import { focusStyles } from '../styles/style-picker.tsx'
import { findRemedy, nameAction, type RemedyAction } from './remedy.ts'
import './trouble.css'

interface TroubleProps {
  readonly failure: Failure
  /** What was going on: only a model that opened can be asked for a picture again. */
  readonly during: 'opening' | 'making'
  readonly onOpenSettings: () => void
}

export function Trouble({ failure, during, onOpenSettings }: TroubleProps) {
  const { generate, retryPack, dismissFailure } = useActions()
  const { words, action } = findRemedy(failure.code)
  const act: Record<RemedyAction, () => void> = {
    retry: during === 'opening' ? retryPack : generate,
    reopen: retryPack,
    'choose-style': () => {
      dismissFailure()
      focusStyles()
    },
    'open-settings': () => {
      dismissFailure()
      onOpenSettings()
    },
    reload: () => location.reload(),
    close: dismissFailure,
  }
  return (
    <div className="trouble">
      <p className="trouble-words" role="alert">
        <strong>{words.happened}</strong> {words.stillWorks}
      </p>
      <Button className="button" onPress={act[action]}>
        {nameAction(action)}
      </Button>
      <Fold label={strings.trouble.details}>
        <p className="trouble-details">
          {failure.code}: {failure.message}
          {failure.detail && ` (${failure.detail})`}
        </p>
      </Fold>
    </div>
  )
}
