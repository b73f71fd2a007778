// Wires the parse worker, for the page and for the workers that are handed files from strangers.

import type { PictureReader } from './core/image/picture-reader.ts'
import type { PackParser } from './core/pack/pack-parser.ts'
import { createSealedPackParser } from './platform/sealed-packs.ts'
import { createSealedParser, type SealedParser } from './platform/sealed-parser.ts'
import { createSealedPictures } from './platform/sealed-pictures.ts'
import { createSheetDrawer, type SheetDrawer } from './platform/sealed-sheets.ts'
import { trustOwnScripts } from './platform/trusted-types.ts'
import { createJobClient, type JobClient } from './protocol/client.ts'
import type { ParseJobs } from './protocol/parse-jobs.ts'

/** The worker is made at the first use, and made anew where a file ended it. */
export function createParseClient(): JobClient<ParseJobs> {
  return createJobClient<ParseJobs>({
    createWorker: () => {
      trustOwnScripts()
      return new Worker(new URL('../workers/parse.worker.ts', import.meta.url), { type: 'module' })
    },
  })
}

export function openSealedParser(): SealedParser {
  return openSealedReaders().parser
}

/** Both read by way of one worker. */
export function openSealedReaders(): { readonly parser: SealedParser; readonly pictures: PictureReader } {
  const client = createParseClient()
  const createId = () => crypto.randomUUID()
  return { parser: createSealedParser(client, createId), pictures: createSealedPictures(client, createId) }
}

/** By way of a worker of its own, which no other file can end. */
export function openSealedPackParser(): PackParser {
  return createSealedPackParser(createParseClient(), () => crypto.randomUUID())
}

/** By way of a worker of its own: what is looked at must not wait for what is taken in. */
export function openSheetDrawer(): SheetDrawer {
  return createSheetDrawer(createParseClient())
}
