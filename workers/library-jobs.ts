// The bodies of the library worker's jobs, over the library and the CLIP of the pack that the first of them opens.

import { displayName } from '../src/core/library/display-name.ts'
import type { Library } from '../src/core/library/library.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { LibraryJobs, LibraryState } from '../src/protocol/library-jobs.ts'
import { tellLatest } from '../src/protocol/progress.ts'
import { unlessAborted } from '../src/protocol/unless-aborted.ts'
import { createBrowseJobs } from './browse-jobs.ts'
import { createClipsInUse } from './clips-in-use.ts'
import { createImportJobs } from './import-jobs.ts'
import { describeLibrary, type LibraryJobParts, type OpenedLibrary, requireName } from './opened-library.ts'
import { createRowJobs } from './row-jobs.ts'

/** Another tab may write many times a second. */
const TELL_EVERY_MS = 1000

type Changed = LibraryJobs['library-watch']['event']

type Job<Input, Event, Output> = (input: Input, signal: AbortSignal) => AsyncGenerator<Event, Output, void>

export function createLibraryJobs(parts: LibraryJobParts): JobHandlers<LibraryJobs> {
  let opened: OpenedLibrary | null = null
  /** Why it is not open: said to all that need it. */
  let failure: unknown = new JobError('internal', 'the library is not open')
  const clips = createClipsInUse()
  /** Called with each change that others made. */
  const watchers = new Set<(change: Changed) => void>()

  function requireOpen(): OpenedLibrary {
    if (opened === null) throw failure
    return opened
  }

  const readState = () => describeLibrary(requireOpen())
  const browse = createBrowseJobs(parts, requireOpen)
  const imports = createImportJobs(parts, requireOpen, browse.forget)

  function onOthersChange(): void {
    browse.forget()
    for (const tell of watchers) tell({ kind: 'changed' })
  }

  /** Changes until the signal is aborted, each time the latest alone: those in between are the same to whoever looks now. */
  async function* watch(signal: AbortSignal): AsyncGenerator<Changed, null, void> {
    return yield* tellLatest<Changed, null>(async (tell) => {
      watchers.add(tell)
      await unlessAborted(signal, new Promise(() => {})).finally(() => watchers.delete(tell))
      return null
    })
  }

  /** A job that works with the CLIP that is open when it begins, and keeps it loaded to its end. */
  function withClip<Input, Event, Output>(job: Job<Input, Event, Output>): Job<Input, Event, Output> {
    return async function* (input, signal) {
      const { clip } = requireOpen()
      clips.enter(clip)
      try {
        return yield* job(input, signal)
      } finally {
        clips.leave(clip)
      }
    }
  }

  /** A job that changes the library, and tells how it is then. */
  function change<Input>(task: (library: Library, input: Input) => Promise<void>) {
    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    return async function* (input: Input): AsyncGenerator<never, LibraryState, void> {
      try {
        await task(requireOpen().library, input)
      } finally {
        browse.forget()
      }
      return readState()
    }
  }

  async function openSwept(): Promise<Library> {
    try {
      const library = parts.openLibrary(onOthersChange)
      for (const problem of await library.sweep()) console.warn(String(problem))
      return library
    } catch (error) {
      failure = error
      throw error
    }
  }

  return {
    async *'open-library'({ pack }) {
      const clip = await parts.openClip(pack)
      const library = opened?.library ?? (await openSwept())
      const before = opened?.clip
      opened = { library, clip, sketches: opened?.sketches ?? new Map() }
      browse.forget()
      if (before !== undefined) clips.leave(before)
      // It waits for nobody and nobody for it: a chunk at a time between other writes.
      else library.addChecksums().catch((problem) => console.warn(String(problem)))
      clips.enter(clip)
      return readState()
    },

    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *'library-list'() {
      return readState()
    },

    async *'library-watch'(_, signal) {
      for await (const changed of watch(signal)) {
        yield changed
        await unlessAborted(signal, new Promise((resolve) => setTimeout(resolve, TELL_EVERY_MS)))
      }
      return null
    },

    'library-forget-import': change(async (library, { importId }) => {
      await imports.stopWaiting(importId)
      await library.endImport(importId)
    }),
    'library-rename': change((library, { databaseId, name }) => library.rename(databaseId, requireName(name))),
    'library-remove': change((library, { databaseId }) => library.remove(databaseId)),
    'library-undo-remove': change((library, { databaseId }) => library.undoRemove(databaseId)),
    'library-merge': change((library, { intoId, fromId }) => library.merge(intoId, fromId)),
    'library-move-items': change((library, { fromId, intoId, itemIds }) => library.moveItems(fromId, intoId, itemIds)),
    'library-remove-items': change((library, { databaseId, itemIds }) => library.removeItems(databaseId, itemIds)),
    'library-set-caption': change((library, { databaseId, itemId, caption }) =>
      library.setCaption(databaseId, itemId, displayName(caption)),
    ),
    ...createRowJobs(requireOpen),
    ...browse.jobs,
    'library-search': withClip(browse.jobs['library-search']),
    'read-picture': withClip(browse.jobs['read-picture']),
    ...imports.jobs,
    'import-images': withClip(imports.jobs['import-images']),
    'library-reembed': withClip(imports.jobs['library-reembed']),
  }
}
