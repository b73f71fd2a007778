// All that is the person's as one file, and back.

import { useEffect, useRef } from 'react'
import { Button } from 'react-aria-components'
import type { ChosenModel } from '../../protocol/backup-jobs.ts'
import type { StorageWork } from '../../state/storage-state.ts'
import { FileButton } from '../dropping/file-buttons.tsx'
import { useModels, useModelsActions } from '../models/models-context.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useStorage, useStorageActions } from './storage-context.ts'

export function BackupPart() {
  const work = useStorage((state) => state.work)
  const news = useStorage((state) => state.news)
  const { backUp, restore, checkStyles } = useStorageActions()
  const words = strings.storage
  const isWorking = work !== null
  const isRestoring = work?.kind === 'restoring'
  const isListed = useStorage((state) => state.kept !== null)
  const partRef = useRef<HTMLElement>(null)
  // A restore may have begun elsewhere on the page, and what takes room can be a long list above it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list above grows when it is there
  useEffect(() => {
    if (isRestoring) partRef.current?.scrollIntoView({ block: 'nearest' })
  }, [isRestoring, isListed])
  return (
    <section ref={partRef} className="storage-backup" aria-label={words.backupTitle}>
      <h3 className="storage-title">{words.backupTitle}</h3>
      <p className="note">
        {words.backupNote} {words.restoreNote}
      </p>
      <div className="storage-line">
        <button type="button" className="button" disabled={isWorking} onClick={backUp}>
          {words.backUp}
        </button>
        <FileButton
          kind="one-zip"
          className="quiet-button"
          disabled={isWorking}
          onFiles={([file]) => {
            if (file !== undefined) restore(file)
          }}
        >
          {words.restore}
        </FileButton>
        <button type="button" className="quiet-button" disabled={isWorking} onClick={checkStyles}>
          {words.check}
        </button>
      </div>
      <p className="storage-news" role="status">
        {work !== null &&
          (work.done > 0 ? `${nameWork(work.kind)}: ${words.amount(work.done, work.total)}` : nameWork(work.kind))}
        {news?.kind === 'checked' && words.checked(news.damaged)}
        {news?.kind === 'backed-up' && words.backedUp(news.bytes)}
        {news?.kind === 'restored' && words.restored(news.styles, news.pictures)}
      </p>
      {news?.kind === 'restored' && news.model !== null && <ModelBefore model={news.model} />}
      {work !== null && (
        <progress
          className="storage-progress"
          aria-label={nameWork(work.kind)}
          {...(work.total > 0 ? { value: work.done, max: work.total } : {})}
        />
      )}
    </section>
  )
}

/** The model of which a backup tells: a person's word brings it back, the file's alone asks no host for anything. */
function ModelBefore({ model: { id, name, url } }: { readonly model: ChosenModel }) {
  const stored = useModels((state) => state.models?.find((model) => model.id === id)?.state ?? null)
  const isInstalling = useModels((state) => state.work !== null)
  const isPainting = useApp((state) => state.job.kind === 'running')
  const isInUse = useApp((state) => state.pack.kind === 'ready' && state.pack.pack.hash === id)
  const { use, installFrom } = useModelsActions()
  const words = strings.storage
  if (isInUse) return null
  return (
    <div className="storage-line">
      <p className="note">{words.modelBefore(name, url)}</p>
      {stored === 'installed' && (
        <Button className="quiet-button" isDisabled={isPainting} onPress={() => use(id)}>
          {words.paintWith(name)}
        </Button>
      )}
      {stored !== 'installed' && url !== null && (
        <Button className="quiet-button" isDisabled={isInstalling} onPress={() => installFrom(url)}>
          {isInstalling ? words.installing : words.installModel(name)}
        </Button>
      )}
    </div>
  )
}

function nameWork(kind: StorageWork['kind']): string {
  const { backingUp, restoring, freeing, checking } = strings.storage
  return { 'backing-up': backingUp, restoring, freeing, checking }[kind]
}
