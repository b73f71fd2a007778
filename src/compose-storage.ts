// Wires the storage view: the backup worker, its store, and who is to hear of what came and went.

import { saveFile } from './platform/save-file.ts'
import type { BackupJobs } from './protocol/backup-jobs.ts'
import { createJobClient } from './protocol/client.ts'
import type { AppInstance } from './state/create-app.ts'
import type { LibraryApp } from './state/create-library.ts'
import { createStorage, type StorageApp } from './state/create-storage.ts'

export function composeStorage(
  app: Pick<AppInstance, 'rereadGallery'>,
  library: Pick<LibraryApp, 'refresh'>,
): StorageApp {
  return createStorage({
    client: createJobClient<BackupJobs>({
      createWorker: () => new Worker(new URL('../workers/backup.worker.ts', import.meta.url), { type: 'module' }),
    }),
    async measureRoom() {
      const { usage, quota } = await navigator.storage.estimate()
      return usage === undefined || quota === undefined ? null : { used: usage, quota }
    },
    isProtected: () => navigator.storage.persisted(),
    protect: () => navigator.storage.persist(),
    saveFile,
    now: () => Date.now(),
    onPictures: app.rereadGallery,
    onStyles: library.refresh,
  })
}
