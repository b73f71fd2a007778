// The jobs that look into a database, over a database that counts how often it is opened and read.

import { expect, it } from 'vitest'
import type { OpenDatabase } from '../../src/core/library/library.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import type { SheetDrawer } from '../../src/platform/sealed-sheets.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { LibraryJobs } from '../../src/protocol/library-jobs.ts'
import { nextMacrotask } from '../../src/protocol/next-macrotask.ts'
import { createBrowseJobs } from '../../workers/browse-jobs.ts'
import type { LibraryJobParts, OpenedLibrary } from '../../workers/opened-library.ts'
import { connect } from '../protocol/connect.ts'

type SearchJobs = Pick<LibraryJobs, 'library-search'>

const DIM = 1024
const ONE = 0x3c00
/** Several turns of a search: 8 Mi numbers are one. */
const MANY_ROWS = 32 * 1024
const QUERY = { databaseId: 'a', query: { text: 'a boat' }, count: 1 }

function setUp(rows: number) {
  const counts = { opened: 0, read: 0, drawn: 0 }
  const hooks = { onRead: () => {}, untilDrawn: async (_: AbortSignal) => {} }
  const embeddings = new Uint16Array(rows * DIM).fill(ONE)
  const database = {
    summary: { clip: { id: 'c', dim: DIM } },
    items: Array.from({ length: rows }, (_, row) => ({ id: `i${row}`, caption: '' })),
    embeddingParts: async () => {
      counts.read++
      hooks.onRead()
      return [embeddings]
    },
    thumbnails: async (asked: readonly number[]) => asked.map(() => null),
  } as unknown as OpenDatabase
  const opened = {
    library: {
      openDatabase: async () => {
        counts.opened++
        return { ...database }
      },
    },
    clip: {
      description: { id: 'c', dim: DIM },
      textEncoder: async () => ({ encodeText: async () => ({ embedding: new Float32Array(DIM).fill(1) }) }),
    },
  } as unknown as OpenedLibrary
  const sheets: SheetDrawer = {
    prepare: () => {},
    draw: async (thumbnails, signal) => {
      counts.drawn++
      await hooks.untilDrawn(signal)
      return { sheet: null, places: thumbnails.map(() => null) }
    },
    drawPicture: async () => null,
  }
  const { jobs } = createBrowseJobs({ sheets } as unknown as LibraryJobParts, () => opened)
  const client = connect<SearchJobs>({ 'library-search': jobs['library-search'] }, toJobError)
  return { client, counts, hooks, search: jobs['library-search'] }
}

it('a search that is not wanted any more ends between two parts of the rows, and draws nothing', async () => {
  const { search, counts, hooks } = setUp(MANY_ROWS)
  const controller = new AbortController()
  const reason = new JobError('cancelled', 'not wanted any more')
  // Comes between two tasks, as a message does: by then the search has begun.
  hooks.onRead = () => void nextMacrotask().then(() => controller.abort(reason))
  await expect(search(QUERY, controller.signal).next()).rejects.toBe(reason)
  expect(counts).toEqual({ opened: 1, read: 1, drawn: 0 })
})

it('what a cancelled search has opened and read serves the next one', async () => {
  const { client, counts, hooks } = setUp(3)
  const controller = new AbortController()
  hooks.untilDrawn = (signal) => {
    controller.abort()
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  await expect(client.run('library-search', QUERY, { signal: controller.signal })).rejects.toMatchObject({
    code: 'cancelled',
  })
  hooks.untilDrawn = async () => {}
  const { items } = await client.run('library-search', QUERY)
  expect(items).toMatchObject([{ id: 'i0', row: 0 }])
  expect(counts).toEqual({ opened: 1, read: 1, drawn: 2 })
})

it('what fails otherwise is opened anew for the next search', async () => {
  const { client, counts, hooks } = setUp(3)
  hooks.untilDrawn = () => Promise.reject(new Error('the worker that draws is gone'))
  await expect(client.run('library-search', QUERY)).rejects.toMatchObject({ code: 'internal' })
  hooks.untilDrawn = async () => {}
  await client.run('library-search', QUERY)
  expect(counts).toEqual({ opened: 2, read: 2, drawn: 2 })
})
