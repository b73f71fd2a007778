// Wires the storage view: the backup worker, its store, and who is to hear of what came and went.

import type { PackChoice } from './platform/pack-choice.ts'
import { saveFile } from './platform/save-file.ts'
import type { BackupJobs } from './protocol/backup-jobs.ts'
import { createJobClient } from './protocol/client.ts'
import type { AppInstance } from './state/create-app.ts'
import type { LibraryApp } from './state/create-library.ts'
import type { Models } from './state/create-models.ts'
import { createStorage, type StorageApp } from './state/create-storage.ts'

export function composeStorage(
  folder: URL,
  app: Pick<AppInstance, 'rereadGallery'>,
  library: Pick<LibraryApp, 'refresh'>,
  models: Pick<Models, 'find'>,
  choice: Pick<PackChoice, 'read'>,
): StorageApp {
  return createStorage({
    client: createJobClient<BackupJobs>({
      createWorker: () => new Worker(new URL('../workers/backup.worker.ts', import.meta.url), { type: 'module' }),
    }),
    folder,
    async measureRoom() {
      const { usage, quota } = await navigator.storage.estimate()
      return usage === undefined || quota === undefined ? null : { used: usage, quota }
    },
    isProtected: () => navigator.storage.persisted(),
    protect: () => navigator.storage.persist(),
    async chosenModel() {
      const id = await choice.read()
      const model = id === null ? null : await models.find(id)
      if (model === null) return null
      const { name, origin } = model
      return { id: model.id, name, url: origin.kind === 'url' ? origin.url : null }
    },
    saveFile,
    now: () => Date.now(),
    onPictures: app.rereadGallery,
    onStyles: library.refresh,
  })
}
