// Wires the person's own styles: the library's worker and store, and what the page's store is told of them.

import { createParseClient } from './compose-parser.ts'
import {
  areThere,
  askToRead,
  filesWithin,
  findByHandles,
  findPicked,
  findTransferred,
  groupByFolder,
} from './platform/dropped-files.ts'
import { saveFile } from './platform/save-file.ts'
import type { SealedParser } from './platform/sealed-parser.ts'
import { createJobClient } from './protocol/client.ts'
import type { LibraryJobs } from './protocol/library-jobs.ts'
import type { AppInstance } from './state/create-app.ts'
import { createLibraryApp, type LibraryApp } from './state/create-library.ts'
import type { OwnedResource } from './state/owned-resources.ts'
import { createSwitchToMade } from './state/switch-to-made.ts'
import { strings } from './ui/strings.ts'

interface LibraryWiring {
  readonly app: Pick<AppInstance, 'store' | 'actions' | 'setOwnStyles'>
  readonly parser: Pick<SealedParser, 'kindOfZip' | 'listZip'>
  readonly createUrl: (blob: Blob) => string
  readonly dispose: (resource: OwnedResource) => void
}

export function composeLibrary({ app, parser, createUrl, dispose }: LibraryWiring): LibraryApp {
  return createLibraryApp({
    createClient: (onWorkerLost) =>
      createJobClient<LibraryJobs>({
        createWorker: () => new Worker(new URL('../workers/library.worker.ts', import.meta.url), { type: 'module' }),
        onWorkerLost,
      }),
    createParser: createParseClient,
    files: {
      findTransferred,
      findPicked,
      findByHandles,
      askToRead,
      areThere,
      groupByFolder,
      filesWithin,
      kindOfZip: parser.kindOfZip,
      listZip: parser.listZip,
    },
    createId: () => crypto.randomUUID(),
    createUrl,
    dispose,
    saveFile,
    onStyles: app.setOwnStyles,
    onGiven: app.actions.give,
    onDrop: createSwitchToMade(app.store, app.actions.setStyle),
    nameless: strings.library.nameless,
  })
}
