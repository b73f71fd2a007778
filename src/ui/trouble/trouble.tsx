// What went wrong with a picture or with opening the model, said in place, with the one thing to do about it.

import { Button } from 'react-aria-components'
import type { Failure } from '../../state/app-state.ts'
import { useActions } from '../store-context.ts'
import { focusStyles } from '../styles/style-picker.tsx'
import { findRemedy, nameAction, type RemedyAction } from './remedy.ts'
import { TroubleNote } from './trouble-note.tsx'

interface TroubleProps {
  readonly failure: Failure
  /** What was going on: only a model that opened can be asked for a picture again. */
  readonly during: 'opening' | 'making'
  readonly onOpenSettings: () => void
}

export function Trouble({ failure, during, onOpenSettings }: TroubleProps) {
  const { generate, retryPack, useProcessor: goOnWithout, dismissFailure } = useActions()
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
    'use-processor': goOnWithout,
    reload: () => location.reload(),
    close: dismissFailure,
  }
  return (
    <TroubleNote words={words} failure={failure}>
      <Button className="button" onPress={act[action]}>
        {nameAction(action)}
      </Button>
    </TroubleNote>
  )
}
