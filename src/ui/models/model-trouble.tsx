// What went wrong with a model, said in place.

import { Button } from 'react-aria-components'
import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'
import { TroubleNote } from '../trouble/trouble-note.tsx'
import { useModels, useModelsActions } from './models-context.ts'

export function ModelTrouble() {
  const failure = useModels((state) => state.failure)
  const { dismissFailure } = useModelsActions()
  if (failure === null) return null
  const own = strings.models.trouble
  const words = failure.code in own ? own[failure.code as keyof typeof own] : findRemedy(failure.code).words
  return (
    <TroubleNote words={words} failure={failure}>
      <Button className="quiet-button" onPress={dismissFailure}>
        {strings.notices.dismiss}
      </Button>
    </TroubleNote>
  )
}
