// What went wrong with a model, said in place.

import { Button } from 'react-aria-components'
import { Fold } from '../controls/fold.tsx'
import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'
import { useModels, useModelsActions } from './models-context.tsx'

export function ModelTrouble() {
  const failure = useModels((state) => state.failure)
  const { dismissFailure } = useModelsActions()
  if (failure === null) return null
  const own = strings.models.trouble
  const words = failure.code in own ? own[failure.code as keyof typeof own] : findRemedy(failure.code).words
  return (
    <div className="model-trouble">
      <p role="alert">
        <strong>{words.happened}</strong> {words.stillWorks}
      </p>
      <Button className="quiet-button" onPress={dismissFailure}>
        {strings.notices.dismiss}
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
