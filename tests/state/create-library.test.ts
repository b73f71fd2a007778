// The library's store over a fake job client: what is dropped becomes styles, and every way of stopping is kept apart.

import { describe, expect, it, vi } from 'vitest'
import { writeNpz } from '../../src/core/formats/npz.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { areThere, filesWithin, findPicked, groupByFolder } from '../../src/platform/dropped-files.ts'
import { createSealedParser } from '../../src/platform/sealed-parser.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { PackReference } from '../../src/protocol/jobs.ts'
import type {
  DatabaseSummary,
  FileEntry,
  LibraryJobs,
  LibraryState,
  PausedImport,
} from '../../src/protocol/library-jobs.ts'
import type { ParseJobs } from '../../src/protocol/parse-jobs.ts'
import type { Style } from '../../src/state/app-state.ts'
import { createLibraryApp } from '../../src/state/create-library.ts'
import type { FileFinder } from '../../src/state/file-finder.ts'
import type { OwnedResource } from '../../src/state/owned-resources.ts'
import { createParseJobs } from '../../workers/parse-jobs.ts'
import { asBitmapPainter, createFakePainter } from '../fixtures/fake-painter.ts'
import { connect } from '../protocol/connect.ts'

type Answer<Name extends keyof LibraryJobs> = (
  input: LibraryJobs[Name]['input'],
  tell: (event: LibraryJobs[Name]['event']) => void,
  signal: AbortSignal | undefined,
) => Promise<LibraryJobs[Name]['output']>
type Answers = { [Name in keyof LibraryJobs]?: Answer<Name> }

const database = (id: string, change: Partial<DatabaseSummary> = {}): DatabaseSummary => ({
  id,
  name: `Style ${id}`,
  rows: 2,
  images: 2,
  hasPictures: true,
  reembedded: 0,
  bytes: 1000,
  clipId: 'c',
  clipMatches: true,
  cover: [new Blob([id])],
  readOnly: false,
  damage: null,
  ...change,
})
const MINI: PackReference = { kind: 'url', url: '/packs/mini/' }
const LARGE: PackReference = { kind: 'installed', id: 'large' }
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const shelfOf = (...databases: DatabaseSummary[]): LibraryState => ({
  clip: { id: 'c', dim: 2 },
  databases,
  removed: [],
  imports: [],
})

/** @param finding what the files' adapter does otherwise */
function setUp(shelf: LibraryState, answers: Answers = {}, finding: Partial<FileFinder> = {}) {
  const now = { shelf }
  const asked: { readonly name: string; readonly input: unknown }[] = []
  const disposed: OwnedResource[] = []
  const saved: string[] = []
  const made: string[] = []
  const given: unknown[] = []
  const styles: (readonly Style[])[] = []
  let urls = 0
  let ids = 0
  let loseWorker = () => {}
  let tellOthersChange = () => {}
  const client: JobClient<LibraryJobs> = {
    run: async (name, input, { onEvent, signal } = {}) => {
      // Runs as long as the library is open, and asks nothing.
      if (name === 'library-watch') {
        tellOthersChange = () => onEvent?.({ kind: 'changed' } as never)
        return new Promise(() => {})
      }
      asked.push({ name, input })
      const answer = answers[name] as Answer<typeof name> | undefined
      if (answer !== undefined) return answer(input, (event) => onEvent?.(event), signal)
      return now.shelf as never
    },
    close: () => {},
  }
  const parser = connect<ParseJobs>(createParseJobs(asBitmapPainter(createFakePainter())))
  const found = (entries: readonly FileEntry[]) => ({
    entries: (async function* () {
      yield* entries
    })(),
    handles: Promise.resolve([]),
  })
  const library = createLibraryApp({
    createClient: (onWorkerLost) => {
      loseWorker = onWorkerLost
      return client
    },
    createParser: () => parser,
    files: {
      findTransferred: () => found([]),
      findPicked: (files) => found(files.map((file) => ({ path: file.name, file }))),
      findByHandles: () => found([]),
      askToRead: async () => true,
      areThere,
      groupByFolder,
      filesWithin,
      kindOfZip: async (file) => ((await file.text()).startsWith('database') ? 'style-database' : 'other'),
      listZip: createSealedParser(parser, () => 'zip').listZip,
      ...finding,
    },
    createId: () => `p${++ids}`,
    createUrl: () => `blob:${++urls}`,
    dispose: (resource) => disposed.push(resource),
    saveFile: (_, name) => saved.push(name),
    onStyles: (now) => styles.push(now),
    onGiven: (picture, as) => given.push([picture, as]),
    onDrop: () => (styleId) => made.push(styleId),
    nameless: 'My pictures',
  })
  const pick = async (paths: readonly string[], databaseId: string | null = null) => {
    library.actions.pick(
      paths.map((path) => new File([path], path)),
      databaseId,
    )
    await settle()
  }
  const imports = () => asked.filter(({ name }) => name === 'import-images').map(({ input }) => input as ImportInput)
  const start = () => library.follow(MINI)
  return {
    ...library,
    start,
    loseWorker: () => loseWorker(),
    tellOthersChange: () => tellOthersChange(),
    state: library.store.getState,
    now,
    asked,
    disposed,
    saved,
    made,
    given,
    styles,
    pick,
    imports,
    forgotten: () =>
      asked.flatMap(({ name, input }) =>
        name === 'library-forget-import' ? [(input as { importId: string }).importId] : [],
      ),
  }
}

const pausedAs = (id: string, change: Partial<PausedImport> = {}): PausedImport => ({
  ...{ id, databaseId: 'n', name: 'sea', total: 3, added: 1, skipped: 0, handles: [], within: null },
  ...change,
})

type ImportInput = LibraryJobs['import-images']['input']
type AheadInput = LibraryJobs['import-files']['input']

const untilCancelled = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(new JobError('cancelled', 'stopped')))
  })

describe('the shelf', () => {
  it('offers as styles what this model can read, and no empty ones', async () => {
    const shelf = shelfOf(database('a'), database('b', { clipMatches: false }), database('e', { rows: 0, cover: [] }))
    const { start, state, styles } = setUp(shelf)
    await start()
    expect(state()).toMatchObject({
      status: 'ready',
      databases: [{ id: 'a', covers: ['blob:1'] }, { id: 'b' }, { id: 'e' }],
    })
    expect(styles.at(-1)).toEqual([
      { id: 'user:a', name: 'Style a', rows: 2, hasPictures: true, heldOut: false, covers: ['blob:1'] },
    ])
  })

  it('says why it could not be opened', async () => {
    const { start, state } = setUp(shelfOf(), {
      'open-library': async () => {
        throw new JobError('storage-failed', 'IndexedDB is off')
      },
    })
    await start()
    expect(state()).toMatchObject({ status: 'failed', failure: { code: 'storage-failed' } })
  })

  it('keeps covers that did not change, and frees those that did', async () => {
    const { start, state, now, actions, disposed } = setUp(shelfOf(database('a'), database('b')))
    await start()
    now.shelf = shelfOf(database('a', { name: 'New name' }), database('b', { rows: 3 }))
    actions.rename('a', 'New name')
    await settle()
    expect(state().databases).toMatchObject([
      { name: 'New name', covers: ['blob:1'] },
      { rows: 3, covers: ['blob:3'] },
    ])
    expect(disposed).toEqual(['blob:2'])
  })
})

describe('a picture that is given to the search', () => {
  const seen = { id: 'b0a7', clipId: 'c', embedding: '3c000000', thumbnail: null }

  it('is read once the library is open, and handed on with its name and what it is for', async () => {
    const { start, actions, state, asked, given } = setUp(shelfOf(), { 'read-picture': async () => seen })
    const starting = start()
    const boat = new File(['boat'], 'boat.png')
    actions.givePicture(boat, 'query')
    expect(state().isReading).toBe(true)
    await starting
    await settle()
    expect(asked.map(({ name }) => name)).toEqual(['open-library', 'read-picture'])
    expect(given).toEqual([[{ ...seen, name: 'boat.png' }, 'query']])
    expect(state()).toMatchObject({ isReading: false, unread: null })
  })

  it('and cannot be read is said to be so until another one is given', async () => {
    const { start, actions, state, given } = setUp(shelfOf(), {
      'read-picture': async ({ image }) => {
        if (image.size === 3) throw new JobError('invalid-input', 'the picture cannot be read', 'svg')
        return seen
      },
    })
    await start()
    actions.givePicture(new File(['svg'], 'plan.svg'), 'neighbour')
    await settle()
    expect(state().unread).toMatchObject({ name: 'plan.svg', failure: { code: 'invalid-input', detail: 'svg' } })
    actions.givePicture(new File(['boat'], 'boat.png'), 'neighbour')
    await settle()
    expect(state()).toMatchObject({ isReading: false, unread: null })
    expect(given).toHaveLength(1)
  })
})

describe('another model', () => {
  const opened = (asked: readonly { readonly name: string; readonly input: unknown }[]) =>
    asked.filter(({ name }) => name === 'open-library').map(({ input }) => (input as { pack: PackReference }).pack)

  it('has the library opened for its CLIP, and what that cannot read is no style any more', async () => {
    const { start, follow, state, now, asked, styles } = setUp(shelfOf(database('a'), database('b')))
    await start()
    await follow(MINI)
    expect(styles.at(-1)).toMatchObject([{ id: 'user:a' }, { id: 'user:b' }])
    now.shelf = shelfOf(database('a', { clipMatches: false }), database('b'))
    await follow(LARGE)
    expect(opened(asked)).toEqual([MINI, LARGE])
    expect(styles.at(-1)).toMatchObject([{ id: 'user:b' }])
    expect(state().databases).toMatchObject([{ id: 'a', clipMatches: false }, { id: 'b' }])
  })

  it('that is left again before the library has opened for it is opened for all the same, and then left', async () => {
    const waiting: (() => void)[] = []
    const { follow, state, asked } = setUp(shelfOf(), {
      'open-library': async ({ pack }) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return { ...shelfOf(), clip: { id: 'c', dim: pack.kind === 'url' ? 2 : 768 } }
      },
    })
    const first = follow(MINI)
    await settle()
    const last = [follow(LARGE), follow(MINI), follow(LARGE)]
    while (waiting.length > 0) {
      waiting.shift()?.()
      await settle()
    }
    await Promise.all([first, ...last])
    expect(opened(asked)).toEqual([MINI, LARGE])
    expect(state().clipDim).toBe(768)
  })

  it('stays the library’s when its worker is made anew', async () => {
    const { start, follow, asked, loseWorker } = setUp(shelfOf())
    await start()
    await follow(LARGE)
    loseWorker()
    await settle()
    expect(opened(asked)).toEqual([MINI, LARGE, LARGE])
  })

  it('that is opened while pictures become a style of the one before does not have that style chosen', async () => {
    const { start, follow, now, made, pick } = setUp(shelfOf(), {
      'import-images': async () => {
        now.shelf = shelfOf(database('n', { clipMatches: false }))
        await follow(LARGE)
        return { databaseId: 'n', added: 2, duplicates: 0, skipped: [] }
      },
    })
    await start()
    await pick(['sea/1.png', 'sea/2.png'])
    expect(made).toEqual([])
  })
})

async function* list(entries: readonly FileEntry[]): AsyncGenerator<FileEntry> {
  yield* entries
}

describe('a zip of folders', () => {
  const zip = async (...names: string[]) => {
    const bytes = await writeZip(names.map((name) => [name, new TextEncoder().encode(name)] as const))
    return new File([bytes as Uint8Array<ArrayBuffer>], 'art.zip')
  }
  const started = async (...names: string[]) => {
    const run = setUp(shelfOf(), {
      'import-images': async () => ({ databaseId: null, added: 0, duplicates: 0, skipped: [] }),
    })
    await run.start()
    run.actions.pick([await zip(...names)], null)
    return run
  }

  it('is asked about as a folder of folders is, and becomes a style for each', async () => {
    const release = ['imagefolder/oil/1.jpg', 'imagefolder/oil/2.jpg', 'imagefolder/ink/1.jpg', '__MACOSX/oil/._1.jpg']
    const { state, actions, imports } = await started(...release)
    await expect
      .poll(() => state().offer)
      .toEqual({
        ...{ kind: 'choosing', name: 'art', count: 3 },
        folders: [
          { path: expect.stringContaining('imagefolder/oil'), name: 'oil', count: 2 },
          { path: expect.stringContaining('imagefolder/ink'), name: 'ink', count: 1 },
        ],
      })
    actions.accept('one-for-each')
    await expect.poll(() => imports().length).toBe(2)
    expect(imports()).toMatchObject([
      { name: 'oil', files: [{ path: 'art.zip', folder: 'imagefolder/oil' }] },
      { name: 'ink', files: [{ path: 'art.zip', folder: 'imagefolder/ink' }] },
    ])
  })

  it('with one folder is taken as it is', async () => {
    const { state, imports } = await started('oil/1.jpg', 'oil/2.jpg')
    await expect.poll(() => imports().length).toBe(1)
    expect(imports()).toMatchObject([{ name: 'art', files: [{ path: 'art.zip' }] }])
    expect(imports()[0]?.files[0]).not.toHaveProperty('folder')
    expect(state().offer).toBeNull()
  })
})

describe('what is dropped while a question is open', () => {
  it('waits until that is answered, or not wanted', async () => {
    for (const answer of ['one-for-all', null] as const) {
      const { start, state, actions, imports, pick } = setUp(shelfOf(), {
        'import-images': async () => ({ databaseId: null, added: 0, duplicates: 0, skipped: [] }),
      })
      await start()
      await pick(['art/sea/a.png', 'art/land/b.png'])
      await pick(['holiday/x/a.png', 'holiday/y/b.png'])
      await pick(['loose.png'])
      expect(state().offer).toMatchObject({ kind: 'choosing', name: 'art' })
      expect(imports()).toEqual([])
      if (answer === null) actions.declineOffer()
      else actions.accept(answer)
      await settle()
      expect(state().offer).toMatchObject({ kind: 'choosing', name: 'holiday' })
      actions.accept('one-for-each')
      await settle()
      const names = ['x', 'y', 'My pictures']
      expect(imports().map(({ name }) => name)).toEqual(answer === null ? names : ['art', ...names])
      expect(state().offer).toBeNull()
    }
  })
})

describe('pictures that are picked', () => {
  it('are sent to the worker a few at a time where they are many, all of them and in order', async () => {
    const { start, pick, asked, imports } = setUp(shelfOf())
    await start()
    const paths = Array.from({ length: 150 }, (_, i) => `sea/${i}.png`)
    await pick(paths)
    await vi.waitFor(() => expect(imports()).toHaveLength(1))
    const ahead = asked.flatMap(({ name, input }) => (name === 'import-files' ? [input as AheadInput] : []))
    expect(ahead.map(({ files }) => files.length)).toEqual([32, 32, 32, 32])
    const [last] = imports()
    expect(new Set(ahead.map(({ batch }) => batch))).toEqual(new Set([last?.batch]))
    expect([...ahead, ...imports()].flatMap(({ files }) => files.map(({ path }) => path))).toEqual(paths)
  })

  it('become a style named after their folder, which is then ready to paint with', async () => {
    const { start, state, now, made, imports, pick } = setUp(shelfOf(), {
      'import-images': async (_, tell) => {
        tell({
          ...{ kind: 'progress', done: 1, total: 3, added: 1, duplicates: 0, skipped: 0 },
          ratePerSecond: 2,
          secondsLeft: 1,
        })
        tell({ kind: 'added', databaseId: 'n', thumbnails: [new Blob(), new Blob()] })
        tell({ kind: 'skipped', name: 'sea/c.txt', reason: 'not-a-picture' })
        now.shelf = shelfOf(database('n'))
        return { databaseId: 'n', added: 2, duplicates: 0, skipped: [{ name: 'sea/c.txt', reason: 'not-a-picture' }] }
      },
    })
    await start()
    await pick(['sea/a.png', 'sea/b.png', 'sea/c.txt'])
    expect(imports()).toMatchObject([{ databaseId: null, name: 'sea', importId: 'p1', files: { length: 3 } }])
    expect(state().imports).toMatchObject([
      {
        status: 'done',
        databaseId: 'n',
        tally: { added: 1 },
        sheet: { length: 2 },
        skipped: [{ reason: 'not-a-picture' }],
      },
    ])
    expect(made).toEqual(['user:n'])
    expect(state().offer).toBeNull()
  })

  it('wait for an answer where they lie in several folders, and become one style for each or one for all', async () => {
    for (const choice of ['one-for-each', 'one-for-all'] as const) {
      const { start, state, actions, imports, pick } = setUp(shelfOf(), {
        'import-images': async () => ({ databaseId: null, added: 0, duplicates: 0, skipped: [] }),
      })
      await start()
      await pick(['art/sea/a.png', 'art/land/b.png', 'art/land/c.png'])
      expect(imports()).toEqual([])
      expect(state().offer).toMatchObject({ kind: 'choosing', name: 'art', count: 3 })
      actions.accept(choice)
      await settle()
      expect(imports().map(({ name, files }) => [name, files.length])).toEqual(
        choice === 'one-for-each'
          ? [
              ['sea', 1],
              ['land', 2],
            ]
          : [['art', 3]],
      )
      expect(state().offer).toBeNull()
    }
  })

  it('of folders of one name are told apart by their paths; a folder of texts is none, but goes into one for all', async () => {
    for (const choice of ['one-for-each', 'one-for-all'] as const) {
      const { start, state, actions, asked, pick } = setUp(shelfOf(), {
        'import-images': async () => ({ databaseId: null, added: 0, duplicates: 0, skipped: [] }),
      })
      await start()
      await pick(['dup/2020/summer/a.png', 'dup/2021/summer/b.png', 'dup/notes/c.txt'])
      const names = ['2020/summer', '2021/summer']
      expect(state().offer).toMatchObject({ name: 'dup', count: 2, folders: names.map((name) => ({ name, count: 1 })) })
      actions.accept(choice)
      await settle()
      const kept = asked.flatMap(({ name, input }) => (name === 'library-keep-import' ? [input] : []))
      expect(kept).toMatchObject(
        choice === 'one-for-all' ? [{ name: 'dup', total: 3 }] : names.map((name) => ({ name, total: 1 })),
      )
    }
  })

  it('that are many say how many are handed over already', async () => {
    const { start, state, actions, pick } = setUp(shelfOf(), {
      'import-files': async (_, __, signal) =>
        (state().imports[0]?.sent === 0 ? null : untilCancelled(signal)) as never,
    })
    await start()
    await pick(Array.from({ length: 2000 }, (_, i) => `sea/${i}.png`))
    await expect.poll(() => state().imports[0]?.sent).toBe(1024)
    actions.stop(1)
  })

  it('and dropped on a style become one of their own all the same where they are a saved style', async () => {
    const { start, state, pick } = setUp(shelfOf(database('a')), {
      'library-import-file': async () => ({ databaseId: 'f' }),
      'import-images': async () => ({ databaseId: 'a', added: 1, duplicates: 0, skipped: [] }),
    })
    await start()
    await pick(['database.zip', 'x.png'], 'a')
    await expect.poll(() => state().imports.map(({ status }) => status)).toEqual(['done', 'done'])
    expect(state().imports).toMatchObject([
      { kind: 'file', databaseId: 'f', beside: 'a' },
      { kind: 'pictures', databaseId: 'a', beside: null },
    ])
  })

  it('join a style that is looked into, without a question', async () => {
    const { start, imports, made, pick } = setUp(shelfOf(database('a')), {
      'import-images': async () => ({ databaseId: 'a', added: 1, duplicates: 0, skipped: [] }),
    })
    await start()
    await pick(['x/sea/a.png', 'x/land/b.png'], 'a')
    expect(imports()).toMatchObject([{ databaseId: 'a', name: 'Style a' }])
    expect(made).toEqual([])
  })

  it('take a saved style as it is, and a zip of pictures as pictures', async () => {
    const { start, asked, imports, pick } = setUp(shelfOf(), {
      'library-import-file': async () => ({ databaseId: 'f' }),
      'import-images': async () => ({ databaseId: null, added: 0, duplicates: 0, skipped: [] }),
    })
    await start()
    await pick(['database.zip', 'pictures.zip'])
    await expect.poll(() => imports().length).toBe(1)
    expect(asked.filter(({ name }) => name === 'library-import-file')).toHaveLength(1)
    expect(imports()).toMatchObject([{ name: 'pictures', files: [{ path: 'pictures.zip' }] }])
  })

  it('that are none are said to be none', async () => {
    const { start, state, actions } = setUp(shelfOf())
    await start()
    actions.drop({} as DataTransfer, null)
    await settle()
    expect(state().offer).toMatchObject({ kind: 'empty' })
    actions.declineOffer()
    expect(state().offer).toBeNull()
  })
})

describe('stopping', () => {
  const paused = pausedAs('p1')

  function whileImporting() {
    const run = setUp(shelfOf(), {
      'import-images': async (_, tell, signal) => {
        tell({ kind: 'added', databaseId: 'n', thumbnails: [new Blob()] })
        return untilCancelled(signal)
      },
      'library-forget-import': async () => {
        run.now.shelf = shelfOf(database('n'))
        return run.now.shelf
      },
    })
    run.now.shelf = { ...shelfOf(database('n')), imports: [paused] }
    return run
  }

  it('by a pause leaves an import that goes on with the same files', async () => {
    const { start, state, actions, imports, disposed, pick } = whileImporting()
    await start()
    await pick(['sea/a.png', 'sea/b.png', 'sea/c.png'])
    const [{ sheet = [], id = 0 } = {}] = state().imports
    actions.pause(id)
    await settle()
    expect(state()).toMatchObject({ imports: [], paused: [{ id: 'p1' }] })
    expect(disposed).toEqual(sheet)
    expect(state().atHand.has('p1')).toBe(true)
    actions.resume('p1', null)
    await settle()
    expect(imports().at(-1)).toMatchObject({ importId: 'p1', databaseId: 'n', files: { length: 3 } })
  })

  it('before its files are all with the worker, lets go of it there and offers to go on', async () => {
    const waiting = new Set<string>()
    const run = setUp(shelfOf(database('n')), {
      'library-keep-import': async ({ importId }) => {
        waiting.add(importId)
        return null
      },
      'library-pause-import': async ({ importId }) => {
        waiting.delete(importId)
        return null
      },
      'import-files': (_, __, signal) => untilCancelled(signal),
      'library-list': async () => ({ ...shelfOf(database('n')), imports: waiting.size > 0 ? [] : [paused] }),
    })
    await run.start()
    await run.pick(
      Array.from({ length: 100 }, (_, i) => `sea/${i}.png`),
      'n',
    )
    run.actions.pause(run.state().imports[0]?.id ?? 0)
    await settle()
    expect(run.imports()).toEqual([])
    expect(run.state()).toMatchObject({ imports: [], paused: [{ id: 'p1' }] })
    expect([...run.state().atHand]).toEqual(['p1'])
  })

  it('for good keeps what was added and does not offer to go on', async () => {
    const { start, state, actions, asked, pick } = whileImporting()
    await start()
    await pick(['sea/a.png'])
    actions.stop(state().imports[0]?.id ?? 0)
    await settle()
    expect(asked.some(({ name }) => name === 'library-forget-import')).toBe(true)
    expect(state()).toMatchObject({ imports: [], paused: [], databases: [{ id: 'n' }] })
  })

  it('either way means that import, and no older one of the same style', async () => {
    for (const way of ['stop', 'pause'] as const) {
      const { start, state, actions, forgotten, now, pick } = whileImporting()
      now.shelf = { ...now.shelf, imports: [pausedAs('older'), paused] }
      await start()
      await pick(['sea/a.png'], 'n')
      actions[way](state().imports[0]?.id ?? 0)
      await settle()
      expect(forgotten()).toEqual(way === 'stop' ? ['p1'] : [])
      expect([...state().atHand]).toEqual(way === 'stop' ? [] : ['p1'])
    }
  })

  it('by a failure says which, and the next import begins', async () => {
    let round = 0
    const { start, state, pick } = setUp(shelfOf(), {
      'import-images': async () => {
        if (round++ === 0) throw new JobError('storage-full', 'no room')
        return { databaseId: null, added: 0, duplicates: 0, skipped: [] }
      },
    })
    await start()
    await pick(['a.png'])
    await pick(['b.png'])
    expect(state().imports).toMatchObject([{ status: 'failed', failure: { code: 'storage-full' } }, { status: 'done' }])
  })
})

describe('what another tab changes', () => {
  it('shows on the shelf', async () => {
    const { start, state, now, styles, tellOthersChange } = setUp(shelfOf(database('a')))
    await start()
    now.shelf = shelfOf(database('a', { name: 'Renamed there' }), database('b'))
    tellOthersChange()
    await settle()
    expect(state().databases).toMatchObject([{ name: 'Renamed there' }, { id: 'b' }])
    expect(styles.at(-1)).toMatchObject([{ id: 'user:a' }, { id: 'user:b' }])
  })

  it('ends the look into a style that it takes away', async () => {
    const { start, state, actions, now, tellOthersChange } = setUp(shelfOf(database('a'), database('b')))
    await start()
    actions.browse('a')
    now.shelf = shelfOf(database('b'))
    tellOthersChange()
    await settle()
    expect(state()).toMatchObject({ browsing: null, databases: [{ id: 'b' }] })
  })
})

describe('imports that wait for their turn', () => {
  it('are kept from the start, each with what finds it again, and forgotten where they are stopped', async () => {
    const handle = { kind: 'directory', name: 'art' } as FileSystemHandle
    const files = ['art/sea/a.png', 'art/land/b.png'].map((path) => ({ path, file: new File([path], path) }))
    const { start, state, actions, asked, forgotten, imports } = setUp(
      shelfOf(),
      { 'import-images': (_, __, signal) => untilCancelled(signal) },
      { findTransferred: () => ({ ...findPicked([]), entries: list(files), handles: Promise.resolve([handle]) }) },
    )
    await start()
    actions.drop({} as DataTransfer, null)
    await settle()
    actions.accept('one-for-each')
    await settle()
    const kept = asked.filter(({ name }) => name === 'library-keep-import').map(({ input }) => input)
    const all = { databaseId: null, total: 1, handles: [handle] }
    expect(kept).toEqual([
      { importId: 'p1', name: 'sea', within: 'art/sea', ...all },
      { importId: 'p2', name: 'land', within: 'art/land', ...all },
    ])
    expect(imports()).toMatchObject([{ importId: 'p1' }])
    actions.stop(state().imports[1]?.id ?? 0)
    await settle()
    expect(forgotten()).toEqual(['p2'])
    expect(state().imports).toMatchObject([{ importId: 'p1', status: 'running' }])
  })

  it('are said to be kept once the library has kept them', async () => {
    let keep: (kept: null) => void = () => undefined
    const { start, state, pick } = setUp(shelfOf(), {
      'import-images': (_, __, signal) => untilCancelled(signal),
      'library-keep-import': ({ importId }) =>
        importId === 'p1' ? Promise.resolve(null) : new Promise((resolve) => (keep = resolve)),
    })
    await start()
    await pick(['a.png'])
    await pick(['b.png'])
    expect(state().imports).toMatchObject([{ isKept: true }, { status: 'waiting', isKept: false }])
    keep(null)
    await settle()
    expect(state().imports).toMatchObject([{ isKept: true }, { status: 'waiting', isKept: true }])
  })

  it('of which nothing comes for two minutes is said to be quiet, until something comes', async () => {
    let tell: (event: LibraryJobs['import-images']['event']) => void = () => undefined
    const { start, state, pick } = setUp(shelfOf(), {
      'import-images': (_, hear, signal) => {
        tell = hear
        return untilCancelled(signal)
      },
    })
    await start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const picked = pick(['a.png'])
      await vi.advanceTimersByTimeAsync(119_000)
      await picked
      expect(state().imports).toMatchObject([{ status: 'running', isQuiet: false }])
      await vi.advanceTimersByTimeAsync(2000)
      expect(state().imports).toMatchObject([{ status: 'running', isQuiet: true }])
      const nothing = { done: 1, total: 1, added: 0, duplicates: 0, skipped: 0, ratePerSecond: 0, secondsLeft: null }
      tell({ kind: 'progress', ...nothing })
      await vi.advanceTimersByTimeAsync(0)
      expect(state().imports).toMatchObject([{ status: 'running', isQuiet: false }])
    } finally {
      vi.useRealTimers()
    }
  })

  it('and cannot be kept say why when their turn comes, and begin again with the same files', async () => {
    let hasRoom = false
    const { start, state, actions, imports, pick } = setUp(shelfOf(), {
      'library-keep-import': async () => {
        if (!hasRoom) throw new JobError('storage-full', 'no room')
        return null
      },
      'import-images': (_, __, signal) => untilCancelled(signal),
    })
    await start()
    await pick(['a.png'])
    expect(state().imports).toMatchObject([
      { status: 'failed', importId: 'p1', failure: { code: 'storage-full' }, databaseId: null },
    ])
    expect(imports()).toEqual([])
    expect([...state().atHand]).toEqual(['p1'])
    hasRoom = true
    actions.resume('p1', null)
    await settle()
    expect(imports()).toMatchObject([{ importId: 'p2', files: [{ path: 'a.png' }] }])
    expect(state().imports).toMatchObject([{ status: 'running', importId: 'p2' }])
    expect(state().atHand.size).toBe(0)
  })

  it('and cannot be kept are let go of with their card', async () => {
    const { start, state, actions, pick } = setUp(shelfOf(), {
      'library-keep-import': async () => {
        throw new JobError('storage-full', 'no room')
      },
    })
    await start()
    await pick(['a.png'])
    actions.dismissImport(state().imports[0]?.id ?? 0)
    expect(state()).toMatchObject({ imports: [], atHand: { size: 0 } })
  })
})

describe('an import of an earlier visit', () => {
  const folder = { kind: 'directory', name: 'art' } as FileSystemHandle
  const within = pausedAs('old', { databaseId: null, handles: [folder], within: 'art/sea' })
  const files = ['art/sea/a.png', 'art/land/b.png'].map((path) => ({ path, file: new File([path], path) }))
  const shelf = (...imports: PausedImport[]): LibraryState => ({ ...shelfOf(database('n')), imports })

  it('goes on with the files of its folder, found again or picked again', async () => {
    for (const picked of [null, [new File(['1'], 'a.png'), new File(['2'], 'b.png')]]) {
      const { start, actions, imports } = setUp(
        shelf(within),
        { 'import-images': (_, __, signal) => untilCancelled(signal) },
        { findByHandles: () => ({ entries: list(files), handles: Promise.resolve([folder]) }) },
      )
      await start()
      actions.resume('old', picked)
      actions.resume('old', picked)
      await settle()
      const paths = picked === null ? ['art/sea/a.png'] : ['a.png', 'b.png']
      expect(imports()).toMatchObject([{ importId: 'old', databaseId: null, handles: picked === null ? [folder] : [] }])
      expect(imports()[0]?.files.map(({ path }) => path)).toEqual(paths)
    }
  })

  const gone = async function* (): AsyncGenerator<FileEntry> {
    yield* []
    throw new DOMException('gone', 'NotFoundError')
  }
  const found = (entries: AsyncIterable<FileEntry>) => ({ entries, handles: Promise.resolve([]) })

  it.each<[string, Partial<FileFinder>, string]>([
    ['is gone', { findByHandles: () => found(gone()) }, 'gone'],
    ['is empty', { findByHandles: () => found(list([])) }, 'gone'],
    ['holds others now', { findByHandles: () => found(list(files.slice(1))) }, 'gone'],
    ['may not be read', { askToRead: async () => false }, 'refused'],
  ])('stays, and says why, where its folder %s; picked again, it goes on', async (_, finding, why) => {
    const { start, state, actions, imports, forgotten } = setUp(
      shelf(within),
      { 'import-images': (_, __, signal) => untilCancelled(signal) },
      finding,
    )
    await start()
    actions.resume('old', null)
    await settle()
    expect([imports(), forgotten()]).toEqual([[], []])
    expect(state()).toMatchObject({ imports: [], paused: [{ id: 'old' }] })
    expect([...state().unfound]).toEqual([['old', why]])
    actions.resume('old', [])
    await settle()
    expect([...state().unfound]).toEqual([['old', 'none-picked']])
    actions.resume('old', [new File(['1'], 'a.png')])
    await settle()
    expect(imports()).toMatchObject([{ importId: 'old' }])
    expect(state().unfound.size).toBe(0)
  })

  it('goes on once, where its files are picked while the browser asks whether they may be read', async () => {
    let allow = (_: boolean) => {}
    const untilAllowed = new Promise<boolean>((resolve) => {
      allow = resolve
    })
    const { start, state, now, actions, imports } = setUp(
      shelf(within),
      {
        'import-images': async () => {
          now.shelf = shelf()
          return { databaseId: 'n', added: 1, duplicates: 0, skipped: [] }
        },
      },
      { askToRead: () => untilAllowed },
    )
    await start()
    actions.resume('old', null)
    actions.resume('old', [new File(['1'], 'a.png')])
    await expect.poll(() => state().imports.map(({ status }) => status)).toEqual(['done'])
    allow(false)
    await settle()
    expect(imports()).toHaveLength(1)
    expect(state().unfound.size).toBe(0)
  })

  it('that is not wanted any more is forgotten', async () => {
    const { start, actions, forgotten } = setUp(shelf(within))
    await start()
    actions.forgetPaused('old')
    await settle()
    expect(forgotten()).toEqual(['old'])
  })
})

describe('an import that failed', () => {
  const failing = () => {
    let round = 0
    const run = setUp(shelfOf(), {
      'import-images': async (_, tell, signal) => {
        if (round++ > 0) return untilCancelled(signal)
        tell({ kind: 'added', databaseId: 'n', thumbnails: [new Blob()] })
        run.now.shelf = { ...shelfOf(database('n')), imports: [pausedAs('p1')] }
        throw new JobError('storage-full', 'no room')
      },
    })
    return run
  }

  it('goes on with the files that are still at hand, and its failure is put away then', async () => {
    const { start, state, actions, imports, disposed, pick } = failing()
    await start()
    await pick(['sea/a.png', 'sea/b.png'])
    expect(state()).toMatchObject({ imports: [{ status: 'failed', importId: 'p1' }], paused: [{ id: 'p1' }] })
    actions.resume('p1', null)
    await settle()
    expect(imports().at(-1)).toMatchObject({ importId: 'p1', databaseId: 'n', files: { length: 2 } })
    expect(state().imports).toMatchObject([{ status: 'running', importId: 'p1' }])
    expect(disposed).toHaveLength(1)
  })

  it('does not where the disk with its files is gone meanwhile, and stays as it is', async () => {
    const { start, state, actions, imports, pick } = failing()
    await start()
    await pick(['sea/a.png'])
    Object.assign((imports()[0]?.files[0]?.file ?? {}) as object, {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }),
    })
    actions.resume('p1', null)
    await settle()
    expect(imports()).toHaveLength(1)
    expect([...state().unfound]).toEqual([['p1', 'gone']])
    expect(state().imports).toMatchObject([{ status: 'failed' }])
  })

  it('and is not to go on is forgotten with its failure', async () => {
    const { start, state, actions, forgotten, pick } = failing()
    await start()
    await pick(['sea/a.png'])
    actions.forgetPaused('p1')
    await settle()
    expect(forgotten()).toEqual(['p1'])
    expect(state()).toMatchObject({ imports: [], atHand: { size: 0 } })
  })
})

describe('many files that are left out', () => {
  it('are named up to a bound, and counted all', async () => {
    const changes: number[] = []
    const count = 5000
    const { start, state, store, pick } = setUp(shelfOf(), {
      'import-images': async (_, tell) => {
        const stop = store.subscribe(() => changes.push(1))
        for (let i = 0; i < count; i++) tell({ kind: 'skipped', name: `${i}.txt`, reason: 'not-a-picture' })
        stop()
        const tally = { done: count, total: count, added: 0, duplicates: 0, skipped: count }
        tell({ kind: 'progress', ...tally, ratePerSecond: 1, secondsLeft: 0 })
        return { databaseId: null, added: 0, duplicates: 0, skipped: [] }
      },
    })
    await start()
    await pick(['notes'])
    expect(changes.length).toBe(200)
    expect(state().imports).toMatchObject([{ tally: { skipped: count }, skipped: { length: 200 } }])
    expect(state().imports[0]?.skipped[199]?.name).toBe('199.txt')
  })
})

describe('looking into a database', () => {
  const items = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `i${from + i}`, caption: '', place: i }))
  const sheetOf = (side = 96) => ({
    bitmap: { width: 8 * side, height: 8 * side } as ImageBitmap,
    side,
    columns: 8,
  })
  const browsing = (more: Answers = {}) =>
    setUp(shelfOf(database('a', { rows: 500 })), {
      'library-items': async ({ from, count }) => ({
        ...{ items: items(from, Math.min(count, 500 - from)), sheet: sheetOf(), rows: 500 },
      }),
      'library-search': async ({ query }) => ({
        items: items(7, 1).map((item) => ({ ...item, row: 7, score: 'text' in query ? 0.5 : 0.9 })),
        sheet: sheetOf(),
      }),
      ...more,
    })

  it('reads the pages in sight first and those ahead, each once', async () => {
    const { start, state, actions, asked } = browsing()
    await start()
    actions.browse('a')
    expect(state().browsing).toMatchObject({ databaseId: 'a', rows: 500 })
    actions.needRows(90, 20)
    actions.needRows(90, 20)
    await expect.poll(() => state().browsing?.pages.size).toBe(6)
    expect(asked.filter(({ name }) => name === 'library-items').map(({ input }) => input)).toEqual(
      [1, 2, 3, 4, 5, 0].map((page) => ({ databaseId: 'a', from: 64 * page, count: 64 })),
    )
    expect(state().browsing?.pages.get(1)?.[9]).toMatchObject({
      ...{ id: 'i73', score: null, picture: { left: 96, top: 96, side: 96 } },
    })
  })

  it('drops what is scrolled past before it is there, asks for what is in sight instead, and takes in nothing late', async () => {
    const waiting: (() => void)[] = []
    const { start, state, actions, asked, disposed } = setUp(shelfOf(database('a', { rows: 64_000 })), {
      'library-items': async ({ from, count }, _, signal) => {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve)
          // The last of them is too far to be stopped.
          if (from < 64 * 800) signal?.addEventListener('abort', () => reject(new JobError('cancelled', 'dropped')))
        })
        return { items: items(from, count), sheet: sheetOf(), rows: 64_000 }
      },
    })
    await start()
    actions.browse('a')
    for (const page of [100, 300, 500, 900, 700]) actions.needRows(64 * page, 100)
    await settle()
    const pages = asked
      .filter(({ name }) => name === 'library-items')
      .map(({ input }) => (input as LibraryJobs['library-items']['input']).from / 64)
    expect(pages).toEqual([100, 101, 300, 301, 500, 501, 900, 901, 701, 700])
    for (const answer of waiting) answer()
    await expect.poll(() => state().browsing?.pages.size).toBe(2)
    expect([...(state().browsing?.pages.keys() ?? [])].sort()).toEqual([700, 701])
    expect(state().failure).toBeNull()
    expect(disposed).toHaveLength(2)
  })

  it('holds a bounded number of bytes of pictures, those in sight among them', async () => {
    const { start, state, actions, disposed } = setUp(shelfOf(database('a', { rows: 64_000 })), {
      'library-items': async ({ from, count }) => ({ items: items(from, count), sheet: sheetOf(160), rows: 64_000 }),
    })
    await start()
    actions.browse('a')
    for (let page = 0; page < 60; page += 2) {
      actions.needRows(64 * page, 100)
      await expect.poll(() => state().browsing?.pages.has(page + 1)).toBe(true)
      const bytes = (state().browsing?.pages.size ?? 0) * 4 * (8 * 160) ** 2
      expect(bytes).toBeLessThanOrEqual(64e6)
    }
    expect(disposed.length).toBeGreaterThan(40)
    expect(new Set(disposed).size).toBe(disposed.length)
  })

  it('reads no page twice for one sight, however large the pictures are', async () => {
    const { start, state, actions, asked } = setUp(shelfOf(database('a', { rows: 64_000 })), {
      'library-items': async ({ from, count }) => ({ items: items(from, count), sheet: sheetOf(400), rows: 64_000 }),
    })
    await start()
    actions.browse('a')
    actions.needRows(64, 100)
    await expect.poll(() => state().browsing?.pages.size).toBe(7)
    await settle()
    expect(asked.filter(({ name }) => name === 'library-items')).toHaveLength(7)
  })

  it('looks a database over once its first page shows, and shows it anew where that finds damage', async () => {
    const damage = { rows: 3, thumbnails: 0, images: 0, kept: 2 }
    const kept = { rows: 500 }
    const { start, state, actions, asked, now } = setUp(shelfOf(database('a', kept)), {
      'library-items': async ({ from, count }) => ({
        ...{ items: items(from, Math.min(count, kept.rows - from)), sheet: null, rows: kept.rows },
      }),
      'library-look-over': async () => {
        kept.rows = 497
        now.shelf = shelfOf(database('a', { ...kept, damage }))
        return { damage }
      },
    })
    await start()
    actions.browse('a')
    expect(asked.some(({ name }) => name === 'library-look-over')).toBe(false)
    actions.needRows(0, 10)
    await expect.poll(() => state().browsing?.rows).toBe(497)
    expect(state().databases).toMatchObject([{ id: 'a', rows: 497, damage }])
    await expect.poll(() => state().browsing?.pages.size).toBe(5)
    await settle()
    expect(asked.filter(({ name }) => name === 'library-look-over')).toHaveLength(1)
  })

  /** A style of so many rows, into which a test adds. */
  function growing(rows: number, answers: Answers = {}) {
    const kept = { rows }
    const run = setUp(shelfOf(database('a', { rows })), {
      'library-items': async ({ from, count }) => {
        const found = items(from, Math.max(0, Math.min(count, kept.rows - from)))
        return { items: found, sheet: sheetOf(), rows: kept.rows }
      },
      ...answers,
    })
    const shownRows = () => {
      const pages = [...(run.state().browsing?.pages.values() ?? [])]
      return pages.reduce((sum, page) => sum + page.length, 0)
    }
    const add = (count: number) => {
      kept.rows += count
      run.now.shelf = shelfOf(database('a', { rows: kept.rows }))
    }
    return { ...run, add, shownRows }
  }

  it('shows the pictures that an import adds to it, keeps what is chosen, and leaves no cell empty meanwhile', async () => {
    const { store, start, state, actions, pick, add, shownRows } = growing(70, {
      'import-images': async () => {
        add(20)
        return { databaseId: 'a', added: 20, duplicates: 0, skipped: [] }
      },
    })
    await start()
    actions.browse('a')
    actions.needRows(0, 70)
    await expect.poll(shownRows).toBe(70)
    actions.toggleSelected('i3')
    const seen: number[] = []
    store.subscribe(() => seen.push(shownRows()))
    await pick(['sea/a.png'], 'a')
    await expect.poll(shownRows).toBe(90)
    expect(Math.min(...seen)).toBe(70)
    expect(state().browsing).toMatchObject({ rows: 90, selected: new Set(['i3']) })
  })

  it('shows pictures while they are added, also the first ones of all, and reads for them once a second at most', async () => {
    let end = () => {}
    const { start, actions, pick, add, shownRows, asked } = growing(0, {
      'import-images': async (_, tell) => {
        for (let batch = 0; batch < 50; batch++) {
          add(1)
          tell({ kind: 'added', databaseId: 'a', thumbnails: [new Blob()] })
        }
        await new Promise<void>((resolve) => {
          end = resolve
        })
        return { databaseId: 'a', added: 50, duplicates: 0, skipped: [] }
      },
    })
    await start()
    actions.browse('a')
    await pick(['sea/a.png'], 'a')
    await expect.poll(shownRows, { timeout: 3000 }).toBe(50)
    expect(asked.filter(({ name }) => name === 'library-items').length).toBeLessThan(4)
    add(5)
    end()
    await expect.poll(shownRows, { timeout: 3000 }).toBe(55)
  })

  it('shows the rows that another tab adds', async () => {
    const { start, actions, add, shownRows, tellOthersChange } = growing(64)
    await start()
    actions.browse('a')
    actions.needRows(0, 70)
    await expect.poll(shownRows).toBe(64)
    add(3)
    tellOthersChange()
    await expect.poll(shownRows).toBe(67)
  })

  it('chooses a run of pictures and all of them, those that were never read too', async () => {
    const { start, state, actions, asked, shownRows } = growing(1000, {
      'library-item-ids': async ({ from, count }) => ({ ids: items(from, count).map(({ id }) => id) }),
      'library-search': async () => ({
        items: items(7, 3).map((item) => ({ ...item, row: 7, score: 1 })),
        sheet: null,
      }),
    })
    const chosen = () => [...(state().browsing?.selected ?? [])]
    await start()
    actions.browse('a')
    actions.needRows(0, 10)
    await expect.poll(shownRows).toBeGreaterThan(64)
    actions.toggleSelected('i30')
    actions.selectRange(5, 3)
    expect(chosen()).toEqual(['i30', 'i3', 'i4', 'i5'])
    expect(asked.some(({ name }) => name === 'library-item-ids')).toBe(false)
    actions.selectRange(2, 800)
    await settle()
    expect(chosen()).toHaveLength(799)
    actions.selectAll()
    await settle()
    expect(chosen()).toHaveLength(1000)
    actions.clearSelected()
    actions.searchWords('a boat')
    await settle()
    actions.selectAll()
    expect(chosen()).toEqual(['i7', 'i8', 'i9'])
  })

  it('shows the rows that come back when damaged pictures are read again', async () => {
    const { start, actions, add, shownRows } = growing(64, {
      'library-reembed': async () => {
        add(3)
        return shelfOf(database('a', { rows: 67 }))
      },
    })
    await start()
    actions.browse('a')
    actions.needRows(0, 70)
    await expect.poll(shownRows).toBe(64)
    actions.embedAgain('a')
    await expect.poll(shownRows).toBe(67)
  })

  it('finds by words and by a picture, shows all again, and frees every picture at the end', async () => {
    const { start, state, actions, asked, disposed } = browsing()
    await start()
    actions.browse('a')
    actions.needRows(0, 10)
    await expect.poll(() => state().browsing?.pages.size).toBe(5)
    actions.searchWords(' a boat ')
    await settle()
    expect(state().browsing?.found).toMatchObject({ label: 'a boat', items: [{ id: 'i7', score: 0.5 }] })
    actions.searchPicture(new File([], 'sea.png'))
    await settle()
    expect(state().browsing?.found).toMatchObject({ label: 'sea.png', items: [{ score: 0.9 }] })
    actions.searchWords('')
    expect(state().browsing?.found).toBeNull()
    actions.closeBrowsing()
    actions.closeBrowsing()
    expect(asked.filter(({ name }) => name === 'library-put-away')).toHaveLength(1)
    expect(state().browsing).toBeNull()
    expect(new Set(disposed).size).toBe(5 + 2)
  })

  it('ends a search that another takes the place of, that is cleared, or whose database is left', async () => {
    const signals: AbortSignal[] = []
    const { start, state, actions } = setUp(shelfOf(database('a')), {
      'library-search': (_, __, signal) => {
        if (signal !== undefined) signals.push(signal)
        return untilCancelled(signal)
      },
    })
    await start()
    actions.browse('a')
    const endings = [
      () => actions.searchWords('a house'),
      () => actions.clearSearch(),
      () => actions.searchPicture(new File([], 'sea.png')),
      () => actions.closeBrowsing(),
    ]
    actions.searchWords('a boat')
    for (const [i, end] of endings.entries()) {
      if (i === 2) actions.searchWords('a boat')
      expect(state().browsing?.isSearching).toBe(true)
      const asked = signals.length
      end()
      expect(signals.slice(0, asked).map(({ aborted }) => aborted)).toEqual(signals.slice(0, asked).map(() => true))
    }
    await settle()
    expect(signals).toHaveLength(4)
    expect(state().failure).toBeNull()
  })

  describe('a picture that is shown large', () => {
    const large = (name: string) => ({ name }) as unknown as ImageBitmap
    const viewing = (answers: Answers = {}) =>
      growing(200, {
        'library-image': async ({ itemId }) => ({
          ...{ picture: large(itemId), kept: 'picture', width: 4000, height: 3000 },
        }),
        ...answers,
      })

    it('comes with its name and size, leads to the one before and the next, and is freed', async () => {
      const { start, state, actions, disposed, shownRows } = viewing()
      await start()
      actions.browse('a')
      actions.needRows(0, 20)
      await expect.poll(shownRows).toBe(200)
      actions.viewPicture(0)
      expect(state().browsing?.viewed).toMatchObject({ index: 0, itemId: 'i0', picture: null, kept: null })
      await settle()
      const i0 = state().browsing?.viewed?.picture
      expect(state().browsing?.viewed).toMatchObject({ kept: 'picture', picture: { name: 'i0' }, width: 4000 })
      actions.viewPicture(-1)
      actions.viewPicture(200)
      expect(state().browsing?.viewed?.picture).toBe(i0)
      actions.viewPicture(1)
      await settle()
      expect(disposed).toEqual([i0])
      const i1 = state().browsing?.viewed?.picture
      expect(i1).toMatchObject({ name: 'i1' })
      actions.closePicture()
      expect(state().browsing?.viewed).toBeNull()
      expect(disposed).toEqual([i0, i1])
    })

    it('waits for its row where that is not read, and is the chosen one where that is asked for', async () => {
      const { start, state, actions } = viewing()
      await start()
      actions.browse('a')
      actions.viewPicture(150)
      expect(state().browsing?.viewed).toMatchObject({ index: 150, itemId: null })
      await expect.poll(() => state().browsing?.viewed?.picture).toMatchObject({ name: 'i150' })
      actions.closePicture()
      actions.toggleSelected('i130')
      actions.viewSelected()
      expect(state().browsing?.viewed).toMatchObject({ index: 130, itemId: 'i130' })
    })

    it('that comes too late is freed, and one that cannot be had says why', async () => {
      let answer = () => {}
      const late = large('late')
      const { start, state, actions, disposed, shownRows } = viewing({
        'library-image': async ({ itemId }) => {
          if (itemId === 'i1') throw new JobError('database-missing', 'gone')
          await new Promise<void>((resolve) => {
            answer = resolve
          })
          return { picture: late, kept: 'thumbnail', width: 0, height: 0 }
        },
      })
      await start()
      actions.browse('a')
      actions.needRows(0, 20)
      await expect.poll(shownRows).toBe(200)
      actions.viewPicture(0)
      actions.closePicture()
      answer()
      await settle()
      expect(disposed).toEqual([late])
      actions.viewPicture(1)
      await settle()
      expect(state()).toMatchObject({ browsing: { viewed: null }, failure: { code: 'database-missing' } })
    })
  })

  it('removes and moves what is chosen, and reads the pages anew', async () => {
    const { start, state, actions, asked } = browsing()
    await start()
    actions.browse('a')
    actions.needRows(0, 10)
    await settle()
    actions.toggleSelected('i1')
    actions.toggleSelected('i2')
    actions.toggleSelected('i1')
    actions.removeSelected()
    await settle()
    expect(asked.find(({ name }) => name === 'library-remove-items')?.input).toEqual({
      databaseId: 'a',
      itemIds: ['i2'],
    })
    // The grid, which shows as many rows as before, does not ask for them once more.
    await expect.poll(() => state().browsing?.pages.size).toBe(5)
    expect(state().browsing?.selected.size).toBe(0)
    const first = asked.filter(({ name, input }) => name === 'library-items' && (input as { from: number }).from === 0)
    expect(first).toHaveLength(2)
    actions.toggleSelected('i3')
    actions.moveSelected('b')
    await settle()
    expect(asked.find(({ name }) => name === 'library-move-items')?.input).toEqual({
      fromId: 'a',
      intoId: 'b',
      itemIds: ['i3'],
    })
    expect(state().browsing?.moved).toEqual({ count: 1, intoId: 'b' })
    actions.toggleSelected('i4')
    expect(state().browsing?.moved).toBeNull()
  })

  it('keeps what is chosen where it could not be removed', async () => {
    const { start, state, actions } = browsing({
      'library-remove-items': async () => {
        throw new JobError('storage-failed', 'no')
      },
    })
    await start()
    actions.browse('a')
    actions.needRows(0, 10)
    await settle()
    actions.toggleSelected('i2')
    actions.removeSelected()
    await settle()
    expect(state()).toMatchObject({ failure: { code: 'storage-failed' }, browsing: { pages: { size: 5 } } })
    expect([...(state().browsing?.selected ?? [])]).toEqual(['i2'])
  })
})

describe('embeddings that are picked', () => {
  const part = (...values: readonly (readonly [number, number])[]) =>
    writeNpz(
      new Map([['embedding', { dtype: 'f4', dims: [values.length, 2], data: Float32Array.from(values.flat()) }]]),
    )
  const npz = async (name: string, ...values: readonly (readonly [number, number])[]) =>
    new File([(await part(...values)) as Uint8Array<ArrayBuffer>], name)

  it('become styles without pictures, while the pictures beside them become one with', async () => {
    const given: number[] = []
    const { start, state, actions, imports, made, asked } = setUp(shelfOf(database('n')), {
      'library-import-rows': () => untilGiven.then(() => ({ databaseId: 'n' })),
      'library-add-rows': async ({ rows }) => {
        if (rows === null) end()
        else given.push(rows.items.length)
        return null
      },
    })
    let end = () => {}
    const untilGiven = new Promise<void>((resolve) => {
      end = resolve
    })
    await start()
    actions.pick(
      [await npz('sea_part_1.npz', [1, 0], [0, 0]), await npz('sea_part_2.npz', [0, 2]), new File(['x'], 'a.png')],
      null,
    )
    await expect.poll(() => state().imports.map(({ status }) => status)).toEqual(['done', 'done'])
    expect(given).toEqual([1, 1])
    expect(state().imports[0]).toMatchObject({
      kind: 'embeddings',
      databaseId: 'n',
      tally: { done: 3, total: 3, added: 2, skipped: 1 },
    })
    expect(asked.filter(({ name }) => name === 'library-import-rows')).toMatchObject([{ input: { name: 'sea' } }])
    expect(made).toContain('user:n')
    expect(imports()).toMatchObject([{ files: [{ path: 'a.png' }] }])
  })

  it('are refused with the reason where this model has no use for them', async () => {
    const { start, state, actions, imports } = setUp({ ...shelfOf(), clip: { id: 'c', dim: 3 } })
    await start()
    actions.pick([await npz('flat.npz', [1, 0])], null)
    await expect
      .poll(() => state().imports, { timeout: 20_000 })
      .toMatchObject([
        {
          kind: 'embeddings',
          name: 'flat',
          status: 'failed',
          failure: { message: expect.stringContaining('rows of 2') },
        },
      ])
    expect(imports()).toEqual([])
    expect(state().offer).toBeNull()
  })

  it('that are damaged further in end as a failure, and the rows before it are dropped', async () => {
    const cancelled: boolean[] = []
    const { start, state, actions, made } = setUp(shelfOf(), {
      'library-import-rows': (_, __, signal) =>
        untilCancelled(signal).finally(() => cancelled.push(signal?.aborted ?? false)),
      'library-add-rows': async () => null,
    })
    await start()
    const values = Array.from({ length: 20_000 }, (_, i) => [1, i] as const)
    const bytes = Buffer.from(await part(...values))
    bytes.writeUInt8(0x41, bytes.lastIndexOf(Buffer.from(Float32Array.of(19_999).buffer)) + 3)
    actions.pick([new File([bytes], 'bent.npz')], null)
    await expect
      .poll(() => state().imports, { timeout: 60_000 })
      .toMatchObject([{ status: 'failed', failure: { message: expect.stringMatching(/CRC/i) } }])
    expect(cancelled).toEqual([true])
    expect(made).toEqual([])
  }, 90_000)
})
