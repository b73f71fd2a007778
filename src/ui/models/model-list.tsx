// The models on this device, each with its size and what can be done with it.

import { Button } from 'react-aria-components'
import type { StoredModel } from '../../protocol/install-jobs.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { ModelCard } from './model-card.tsx'
import { useModels, useModelsActions } from './models-context.ts'

export function ModelList() {
  const models = useModels((state) => state.models)
  const isWorking = useModels((state) => state.work !== null)
  const openHash = useApp((state) => (state.pack.kind === 'ready' ? state.pack.pack.hash : null))
  const isOpening = useApp((state) => state.pack.kind === 'opening')
  const isPainting = useApp((state) => state.job.kind === 'running')
  const { use } = useModelsActions()
  const words = strings.models
  const openIsStored = models?.some(({ id }) => id === openHash) ?? false
  const shown = models?.filter(({ state }) => state !== 'unfinished' || !isWorking) ?? []
  return (
    <>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="models-list" role="list" aria-label={words.onThisDevice}>
        <li className="model">
          <div className="model-words">
            <p className="model-name">{words.builtIn}</p>
            <p className="note">{words.builtInNote}</p>
            <ModelCard isOpen={openHash !== null && !openIsStored} />
          </div>
          <div className="model-actions">
            {openHash !== null && !openIsStored ? (
              <span className="model-in-use">{words.inUse}</span>
            ) : (
              <Button
                className="button"
                isDisabled={isPainting}
                aria-label={words.nameUse(words.builtIn)}
                onPress={() => use(null)}
              >
                {words.use}
              </Button>
            )}
          </div>
        </li>
        {shown.map((model) => (
          <ModelRow
            key={model.id}
            model={model}
            isOpen={model.id === openHash}
            canUse={!isPainting}
            isWorking={isWorking}
            canRemove={!isPainting && !isOpening && !isWorking}
          />
        ))}
      </ul>
      {isOpening && <p role="status">{words.opening}</p>}
      {isPainting && <p className="note">{words.painting}</p>}
    </>
  )
}

interface ModelRowProps {
  readonly model: StoredModel
  readonly isOpen: boolean
  readonly canUse: boolean
  readonly canRemove: boolean
  readonly isWorking: boolean
}

function ModelRow({ model, isOpen, canUse, canRemove, isWorking }: ModelRowProps) {
  const { use, resume, check, remove } = useModelsActions()
  const foundWhole = useModels((state) => state.foundWhole === model.id)
  const words = strings.models
  const { id, name, description, state, byteLength, verifiedBytes, origin } = model
  const canResume = state === 'damaged' || (state === 'unfinished' && origin.kind === 'url')
  return (
    <li className="model">
      <div className="model-words">
        <p className="model-name">
          <bdi>{name}</bdi>
        </p>
        {description && (
          <p className="note">
            <bdi>{description}</bdi>
          </p>
        )}
        <p className="note">{words.facts(state, verifiedBytes, byteLength, origin)}</p>
        {foundWhole && <p role="status">{words.foundWhole}</p>}
      </div>
      <div className="model-actions">
        {isOpen && <span className="model-in-use">{words.inUse}</span>}
        {state === 'installed' && !isOpen && (
          <Button className="button" isDisabled={!canUse} aria-label={words.nameUse(name)} onPress={() => use(id)}>
            {words.use}
          </Button>
        )}
        {canResume && (
          <Button className="button" isDisabled={isWorking} onPress={() => resume(id)}>
            {state === 'damaged' ? words.repair : words.resume}
          </Button>
        )}
        {state === 'installed' && (
          <Button
            className="quiet-button"
            isDisabled={isWorking}
            aria-label={words.checkNamed(name)}
            onPress={() => check(id)}
          >
            {words.check}
          </Button>
        )}
        {state !== 'busy' && (
          <Button
            className="quiet-button"
            isDisabled={!canRemove}
            aria-label={words.removeNamed(name)}
            onPress={() => remove(id)}
          >
            {words.remove}
          </Button>
        )}
      </div>
    </li>
  )
}
