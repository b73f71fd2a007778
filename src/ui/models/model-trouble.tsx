// What went wrong with a model, said in place.

import { strings } from '../strings.ts'
import { DismissedTrouble } from '../trouble/dismissed-trouble.tsx'
import { useModels, useModelsActions } from './models-context.ts'

export function ModelTrouble() {
  const failure = useModels((state) => state.failure)
  const { dismissFailure } = useModelsActions()
  return <DismissedTrouble failure={failure} own={strings.models.trouble} onDismiss={dismissFailure} />
}
