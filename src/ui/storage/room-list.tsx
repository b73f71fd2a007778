// What takes room, each with its size and a way to free it.

import { type ReactNode, useState } from 'react'
import { Button } from 'react-aria-components'
import { useLibraryActions } from '../library/library-context.ts'
import { useModels, useModelsActions } from '../models/models-context.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useStorage, useStorageActions } from './storage-context.ts'

const sum = (sizes: readonly { readonly bytes: number }[]) => sizes.reduce((total, { bytes }) => total + bytes, 0)

export function RoomList() {
  const kept = useStorage((state) => state.kept)
  const room = useStorage((state) => state.room)
  const isWorking = useStorage((state) => state.work !== null)
  const models = useModels((state) => state.models) ?? []
  const isInstalling = useModels((state) => state.work !== null)
  const isPainting = useApp((state) => state.job.kind === 'running')
  const { remove } = useLibraryActions()
  const { remove: removeModel } = useModelsActions()
  const { purgeRemoved, forgetDamage } = useStorageActions()
  const words = strings.storage
  if (kept === null) return <p className="note">{words.measuring}</p>
  const { styles, removed } = kept
  const stored = models.reduce((total, { verifiedBytes }) => total + verifiedBytes, 0)
  const rest = Math.max(0, (room?.used ?? 0) - kept.pictures.bytes - sum(styles) - sum(removed) - stored)
  return (
    // biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers
    <ul className="storage-list" role="list" aria-label={words.list}>
      <Pictures isDisabled={isWorking || isPainting} />
      {styles.map(({ id, name, rows, bytes, damage }) => (
        <Line key={id} name={name} note={words.styleNote(rows, bytes)} trouble={damage && strings.damage(damage)}>
          {damage !== null && (
            <Button
              className="quiet-button"
              isDisabled={isWorking}
              aria-label={words.forgetDamageNamed(name)}
              onPress={() => forgetDamage(id)}
            >
              {words.forgetDamage}
            </Button>
          )}
          <Button
            className="quiet-button"
            isDisabled={isWorking}
            aria-label={words.removeNamed(name)}
            onPress={() => remove(id)}
          >
            {words.remove}
          </Button>
        </Line>
      ))}
      {removed.length > 0 && (
        <Line name={words.removed} note={words.removedNote(removed.length, sum(removed))}>
          <Button className="quiet-button" isDisabled={isWorking} onPress={purgeRemoved}>
            {words.purge}
          </Button>
        </Line>
      )}
      {models.map(({ id, name, verifiedBytes, state }) => (
        <Line key={id} name={name} note={words.modelNote(verifiedBytes)}>
          {state !== 'busy' && (
            <Button
              className="quiet-button"
              isDisabled={isWorking || isInstalling || isPainting}
              aria-label={words.removeNamed(name)}
              onPress={() => removeModel(id)}
            >
              {words.remove}
            </Button>
          )}
        </Line>
      ))}
      {room !== null && <Line name={words.rest} note={words.restNote(rest)} />}
    </ul>
  )
}

/** They can't be had back: the first press only asks. */
function Pictures({ isDisabled }: { readonly isDisabled: boolean }) {
  const pictures = useStorage((state) => state.kept?.pictures ?? null)
  const { deletePictures } = useStorageActions()
  const [isAsking, setIsAsking] = useState(false)
  const words = strings.storage
  if (pictures === null) return null
  return (
    <Line name={words.pictures} note={words.picturesNote(pictures.count, pictures.bytes)}>
      {pictures.count > 0 && !isAsking && (
        <Button className="quiet-button" isDisabled={isDisabled} onPress={() => setIsAsking(true)}>
          {words.deletePictures}
        </Button>
      )}
      {pictures.count > 0 && isAsking && (
        <>
          <Button
            className="button"
            isDisabled={isDisabled}
            onPress={() => {
              setIsAsking(false)
              deletePictures()
            }}
          >
            {words.deletePicturesSure(pictures.count)}
          </Button>
          <Button className="quiet-button" onPress={() => setIsAsking(false)}>
            {words.keepPictures}
          </Button>
        </>
      )}
    </Line>
  )
}

interface LineProps {
  readonly name: string
  readonly note: string
  readonly trouble?: string | null
  /** What can be done about it. */
  readonly children?: ReactNode
}

function Line({ name, note, trouble = null, children }: LineProps) {
  return (
    <li className="storage-item">
      <div className="storage-words">
        <p className="storage-name">
          <bdi>{name}</bdi>
        </p>
        <p className="note">{note}</p>
        {trouble !== null && <p className="note">{trouble}</p>}
      </div>
      <div className="storage-actions">{children}</div>
    </li>
  )
}
