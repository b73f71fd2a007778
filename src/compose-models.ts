// Wires the models on this device: the install worker, its store, and the app that opens what is installed.

import { findPicked, findTransferred } from './platform/dropped-files.ts'
import type { PackChoice } from './platform/pack-choice.ts'
import { createJobClient } from './protocol/client.ts'
import type { InstallJobs } from './protocol/install-jobs.ts'
import type { AppInstance } from './state/create-app.ts'
import { createModels, type Models } from './state/create-models.ts'

export function composeModels(app: Pick<AppInstance, 'store' | 'switchModel'>, choice: PackChoice): Models {
  return createModels({
    client: createJobClient<InstallJobs>({
      createWorker: () => new Worker(new URL('../workers/install.worker.ts', import.meta.url), { type: 'module' }),
    }),
    app,
    choice,
    files: { findTransferred, findPicked },
    persist: () => navigator.storage.persist(),
    now: () => performance.now(),
  })
}
