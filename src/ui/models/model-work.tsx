// An install or a check under way: how much is there, how fast it comes, how long it takes, and how to stop it.

import { Button } from 'react-aria-components'
import { strings } from '../strings.ts'
import { useModels, useModelsActions } from './models-context.ts'

export function ModelWorkView() {
  const work = useModels((state) => state.work)
  const { pause, cancel } = useModelsActions()
  const words = strings.models
  if (work === null) return null
  const { kind, model, verifiedBytes, byteLength, bytesPerSecond, secondsLeft, trouble, ending } = work
  const label = kind === 'checking' ? words.checking : model === null ? words.looking : words.installing(model.name)
  return (
    <section className="model-work" aria-label={label}>
      <p className="model-name">
        <bdi>{label}</bdi>
      </p>
      <progress
        className="model-progress"
        aria-label={label}
        {...(byteLength > 0 ? { value: verifiedBytes, max: byteLength } : {})}
      />
      <p className="model-figures">
        {byteLength > 0 && words.amount(verifiedBytes, byteLength)}
        {trouble === null && bytesPerSecond !== null && `, ${words.rate(bytesPerSecond)}`}
        {trouble === null && secondsLeft !== null && `, ${strings.progress.timeLeft(secondsLeft)}`}
      </p>
      {trouble !== null && (
        <p className="note" role="status">
          {words.waiting(trouble)}
        </p>
      )}
      <div className="model-actions">
        <Button className="button" isDisabled={ending} onPress={pause}>
          {kind === 'checking' ? words.stop : words.pause}
        </Button>
        {kind === 'installing' && (
          <Button className="quiet-button" isDisabled={ending} onPress={cancel}>
            {words.cancel}
          </Button>
        )}
      </div>
    </section>
  )
}
