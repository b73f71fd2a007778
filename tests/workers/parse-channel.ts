// The parse worker's jobs over a real MessageChannel, as the page and the storage workers reach them.

import { FormatError } from '../../src/core/formats/format-error.ts'
import type { PictureReader } from '../../src/core/image/picture-reader.ts'
import { createSealedParser, type SealedParser } from '../../src/platform/sealed-parser.ts'
import { createSealedPictures } from '../../src/platform/sealed-pictures.ts'
import { createSheetDrawer, type SheetDrawer } from '../../src/platform/sealed-sheets.ts'
import { createJobClient, type JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { serveJobs } from '../../src/protocol/host.ts'
import type { ParseJobs } from '../../src/protocol/parse-jobs.ts'
import { createParseJobs } from '../../workers/parse-jobs.ts'
import { asBitmapPainter, createFakePainter, type FakePainter } from '../fixtures/fake-painter.ts'

/** Names the error as workers/parse.worker.ts does. */
function toJobError(error: unknown): JobError {
  if (error instanceof FormatError) return new JobError('invalid-input', error.message)
  return new JobError('internal', 'something unexpected happened', String(error))
}

export interface ParseChannel {
  readonly client: JobClient<ParseJobs>
  readonly parser: SealedParser
  readonly pictures: PictureReader
  /** The bitmap of its sheets is a FakeSheet. */
  readonly sheets: SheetDrawer
  readonly painting: FakePainter
  close(): void
}

export function openParseChannel(): ParseChannel {
  const { port1, port2 } = new MessageChannel()
  const painting = createFakePainter()
  serveJobs<ParseJobs>(port2, createParseJobs(asBitmapPainter(painting)), toJobError)
  port1.start()
  port2.start()
  const client = createJobClient<ParseJobs>({
    createWorker: () => ({
      postMessage: (message, transfer) => port1.postMessage(message, transfer),
      addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) =>
        port1.addEventListener(type, listener as (event: object) => void),
      terminate: () => port1.close(),
    }),
  })
  let ids = 0
  return {
    client,
    parser: createSealedParser(client, () => `archive-${ids++}`),
    pictures: createSealedPictures(client, () => `pictures-${ids++}`),
    sheets: createSheetDrawer(client),
    painting,
    close() {
      port1.close()
      port2.close()
    },
  }
}
