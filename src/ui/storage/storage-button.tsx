// What takes room on this device, one step away: how much, what can go, and a backup of all that is the person's.

import { useEffect } from 'react'
import { Button, DialogTrigger } from 'react-aria-components'
import { type OpenedElsewhere, Sheet } from '../controls/sheet.tsx'
import { useLibrary } from '../library/library-context.ts'
import { useModels, useModelsActions } from '../models/models-context.ts'
import { strings } from '../strings.ts'
import { DismissedTrouble } from '../trouble/dismissed-trouble.tsx'
import { BackupPart } from './backup-part.tsx'
import { RoomList } from './room-list.tsx'
import { useStorage, useStorageActions } from './storage-context.ts'
import './storage.css'

export function StorageButton(props: OpenedElsewhere) {
  return (
    <DialogTrigger {...props}>
      <Button className="quiet-button">{strings.storage.label}</Button>
      <Sheet title={strings.storage.label} closeLabel={strings.sheet.close}>
        {() => <Contents />}
      </Sheet>
    </DialogTrigger>
  )
}

function Contents() {
  const room = useStorage((state) => state.room)
  const { refresh } = useStorageActions()
  const { refresh: refreshModels } = useModelsActions()
  const databases = useLibrary((state) => state.databases)
  const models = useModels((state) => state.models)
  useEffect(() => refreshModels(), [refreshModels])
  // Measured again whenever a style or model came or went.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they tell when to measure
  useEffect(() => refresh(), [refresh, databases, models])
  return (
    <>
      {room !== null && <p>{strings.storage.used(room.used, room.quota)}</p>}
      <RoomList />
      <Protection />
      <Neighbours />
      <StorageTrouble />
      <BackupPart />
    </>
  )
}

function Protection() {
  const isProtected = useStorage((state) => state.isProtected)
  const { protect } = useStorageActions()
  const words = strings.storage
  if (isProtected === null) return null
  if (isProtected) return <p className="note">{words.protectedNote}</p>
  return (
    <div className="storage-line">
      <p className="note">{words.unprotected}</p>
      <Button className="quiet-button" onPress={protect}>
        {words.protect}
      </Button>
    </div>
  )
}

function Neighbours() {
  const sharedHost = useStorage((state) => state.sharedHost)
  return sharedHost === null ? null : <p className="note">{strings.storage.shared(sharedHost)}</p>
}

function StorageTrouble() {
  const failure = useStorage((state) => state.failure)
  const { dismissFailure } = useStorageActions()
  return <DismissedTrouble failure={failure} own={strings.storage.trouble} onDismiss={dismissFailure} />
}
