// Where files lead that other programs hand to the app, that are dropped or that are picked: each kind to what takes it.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/diffusion/recipe.ts'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { embedRecipe } from '../../src/core/formats/png-metadata.ts'
import { openZip } from '../../src/core/formats/zip.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { exportEverything } from '../../src/platform/backup.ts'
import {
  areThere,
  filesWithin,
  findByHandles,
  findPicked,
  findTransferred,
  groupByFolder,
} from '../../src/platform/dropped-files.ts'
import { createGalleryStore } from '../../src/platform/gallery-store.ts'
import { createInbox, createInboxIds } from '../../src/platform/inbox.ts'
import { createSealedParser } from '../../src/platform/sealed-parser.ts'
import { inboxLock } from '../../src/platform/tab-locks.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import type { LibraryJobs } from '../../src/protocol/library-jobs.ts'
import type { ParseJobs } from '../../src/protocol/parse-jobs.ts'
import { createLibraryApp } from '../../src/state/create-library.ts'
import { createInboxEmptier } from '../../src/state/empty-inbox.ts'
import { createParseJobs } from '../../workers/parse-jobs.ts'
import { CLIP, many, openLibrary } from '../core/library/world.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { asBitmapPainter, createFakePainter } from '../fixtures/fake-painter.ts'
import { createLockManager } from '../platform/lock-manager.ts'
import { connect } from '../protocol/connect.ts'

const PUBLIC = resolve(import.meta.dirname, '../../public')
const inPublic = (path: string) => new Uint8Array(readFileSync(join(PUBLIC, path)))
const utf8 = new TextEncoder()
const toFile = (bytes: Uint8Array, name: string) => new File([bytes as Uint8Array<ArrayBuffer>], name)
/** As a picker of folders gives it. */
const below = (path: string, text = path) =>
  Object.defineProperty(new File([text], path.slice(path.lastIndexOf('/') + 1)), 'webkitRelativePath', { value: path })

const icon = inPublic('icons/icon-192.png')
const recipe = {
  ...DEFAULT_SETTINGS,
  ...{ version: 1 as const, prompt: 'a castle in the fog', neighbourIds: [], databaseId: 'delft' },
  ...{ databaseHash: '0'.repeat(64), packId: 'kindred-mini', packHash: '0'.repeat(64) },
}

async function makeBackup(): Promise<Uint8Array> {
  const library = openLibrary(createSimulatedDisk())
  await library.create({ name: 'Sketches', clip: CLIP }, many('x', 3))
  const pieces: Uint8Array[] = []
  const gallery = createGalleryStore(createSimulatedDisk())
  await exportEverything(library, gallery, null, async (piece) => void pieces.push(piece))
  return new Uint8Array(Buffer.concat(pieces))
}

async function zipOf(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  return writeZip(Object.entries(files))
}

const backup = await makeBackup()
const packJson = inPublic('packs/kindred-mini/pack.json')

/** A library that takes in what it is handed at once, and an inbox in front of it. */
async function setUp({ tab = createLockManager().tab('a'), inboxDisk = createSimulatedDisk() } = {}) {
  const asked: { readonly name: string; readonly input: unknown }[] = []
  const client: JobClient<LibraryJobs> = {
    run: async (name, input) => {
      if (name === 'library-watch') return new Promise(() => {})
      asked.push({ name, input })
      const shelf = { clip: { id: 'c', dim: 4 }, databases: [], removed: [], imports: [] }
      return { ...shelf, databaseId: null, added: 0, duplicates: 0, skipped: [] } as never
    },
    close: () => {},
  }
  const parseClient = connect<ParseJobs>(createParseJobs(asBitmapPainter(createFakePainter())))
  let ids = 0
  const parser = createSealedParser(parseClient, () => `${++ids}`)
  const { kindOfZip, listZip } = parser
  const library = createLibraryApp({
    createClient: () => client,
    createParser: () => parseClient,
    files: {
      ...{ findTransferred, findPicked, findByHandles, areThere, groupByFolder, filesWithin, kindOfZip, listZip },
      askToRead: async () => true,
    },
    createId: () => `p${++ids}`,
    createUrl: () => '',
    dispose: () => {},
    saveFile: () => {},
    onStyles: () => {},
    onGiven: () => {},
    onDrop: () => () => {},
    nameless: 'My pictures',
  })
  await library.follow({ kind: 'url', url: '/packs/mini/' })
  asked.length = 0
  const prompts: string[] = []
  const inbox = createInbox(
    inboxDisk,
    createInboxIds(Date.now, () => `${++ids}`),
  )
  const emptyInbox = createInboxEmptier({
    inbox,
    alone: async (task) => tab.request(inboxLock('https://kindred.test/app/'), task),
    readRecipe: parser.readRecipe,
    takeRecipe: ({ prompt }) => prompts.push(prompt),
    library,
    onWaiting: () => {},
  })
  /** What was taken in, each import by its job and the paths of its files. */
  const imports = () =>
    asked.flatMap(({ name, input }) => {
      if (name === 'library-import-file') return [name]
      if (name !== 'import-images') return []
      return [`${name} ${(input as LibraryJobs['import-images']['input']).files.map(({ path }) => path)}`]
    })
  const offer = () => library.store.getState().offer
  const led = () => ({ prompts, imports: imports(), offer: offer()?.kind ?? null })
  return { ...library, inbox, emptyInbox, imports, offer, led }
}

const nowhere = { prompts: [], imports: [], offer: null }

/** One of each kind, and where it leads. */
const SAMPLES = [
  ['.png', 'a picture with a recipe', embedRecipe(icon, recipe), { ...nowhere, prompts: [recipe.prompt] }],
  ['.png', 'a plain picture', icon, { ...nowhere, imports: ['import-images a.png'] }],
  [
    '.zip',
    'a style database',
    inPublic('packs/kindred-mini/databases/delft.zip'),
    { ...nowhere, imports: ['library-import-file'] },
  ],
  ['.zip', 'pictures', await zipOf({ 'b.png': icon }), { ...nowhere, imports: ['import-images a.zip'] }],
  ['.zip', 'a backup', backup, { ...nowhere, offer: 'backup' }],
  ['.zip', 'a model', await zipOf({ 'pack.json': packJson }), { ...nowhere, offer: 'pack-zip' }],
  [
    '.zip',
    'a model in its folder, as a system makes a zip of one',
    await zipOf({ '__MACOSX/pack.json': icon, 'mini/weights/0.bin': icon, 'mini/pack.json': packJson }),
    { ...nowhere, offer: 'pack-zip' },
  ],
  [
    '.zip',
    'pictures beside JSON of the same names',
    await zipOf({ 'databases.json': utf8.encode('{"format":"mine"}'), 'pack.json': utf8.encode('[1'), 'b.png': icon }),
    { ...nowhere, imports: ['import-images a.zip'] },
  ],
] as const

describe('a file that is opened with the app', () => {
  it.each(SAMPLES)('%s, %s, leads to what takes it', async (ending, _, bytes, expected) => {
    const { inbox, emptyInbox, led } = await setUp()
    await inbox.put([toFile(bytes, `a${ending}`)])
    await emptyInbox()
    await expect.poll(led).toEqual(expected)
    expect(await inbox.list()).toEqual([])
  })

  it('is of an ending that is tried here, whichever the web manifest offers', () => {
    const { file_handlers } = JSON.parse(new TextDecoder().decode(inPublic('manifest.webmanifest'))) as {
      file_handlers: readonly { accept: Readonly<Record<string, readonly string[]>> }[]
    }
    const endings = file_handlers.flatMap(({ accept }) => Object.values(accept).flat())
    expect(new Set(endings)).toEqual(new Set(SAMPLES.map(([ending]) => ending)))
  })

  it('is taken once, however many tabs empty the inbox at once', async () => {
    const locks = createLockManager()
    const inboxDisk = createSimulatedDisk()
    const tabs = [
      await setUp({ tab: locks.tab('a'), inboxDisk }),
      await setUp({ tab: locks.tab('b'), inboxDisk }),
    ] as const
    await tabs[0].inbox.put([toFile(icon, 'a.png'), toFile(embedRecipe(icon, recipe), 'b.png')])
    await Promise.all(tabs.map(({ emptyInbox }) => emptyInbox()))
    const taken = () => tabs.flatMap(({ led }) => [...led().imports, ...led().prompts])
    await expect.poll(() => taken().toSorted()).toEqual([recipe.prompt, 'import-images a.png'])
    await Promise.all(tabs.map(({ emptyInbox }) => emptyInbox()))
    expect(taken()).toHaveLength(2)
  })
})

describe('a backup among pictures', () => {
  it('is asked about, whole as it came, and the pictures become a style whatever the answer', async () => {
    for (const answer of ['taken', 'declined'] as const) {
      const { actions, offer, imports, store } = await setUp()
      const file = toFile(backup, 'kindred-backup-2026-11-28.zip')
      actions.pick([file, toFile(icon, 'a.png')], null)
      await expect.poll(offer).toEqual({ kind: 'backup', name: file.name, file })
      expect(imports()).toEqual([])
      if (answer === 'taken') actions.accept('taken')
      else actions.declineOffer()
      await expect.poll(imports).toEqual(['import-images a.png'])
      expect(store.getState().offer).toBeNull()
    }
  })

  it('of a later version is one too', async () => {
    const { entries, read } = await openZip(bytesSource(backup))
    const files = await Promise.all([...entries.keys()].map(async (name) => [name, await read(name)] as const))
    const later = JSON.stringify({ format: 'kindred-backup', version: 2, kept: [] })
    const zip = await zipOf({ ...Object.fromEntries(files), 'databases.json': utf8.encode(later) })
    const { actions, offer } = await setUp()
    actions.pick([toFile(zip, 'later.zip')], null)
    await expect.poll(() => offer()?.kind).toBe('backup')
  })
})

describe("a model's folder", () => {
  const database = () =>
    Object.defineProperty(
      toFile(inPublic('packs/kindred-mini/databases/delft.zip'), 'delft.zip'),
      'webkitRelativePath',
      {
        value: 'mini/databases/delft.zip',
      },
    )
  const pack = () => [below('mini/clip/vocab.json'), database(), below('mini/pack.json'), below('mini/weights/0.bin')]
  const paths = ['mini/clip/vocab.json', 'mini/databases/delft.zip', 'mini/pack.json', 'mini/weights/0.bin']

  it('is asked about with all its files, and no style is made of them', async () => {
    const { actions, offer, imports } = await setUp()
    actions.pick(pack(), null)
    await expect.poll(offer).toMatchObject({ kind: 'pack', name: 'mini', files: paths.map((path) => ({ path })) })
    actions.accept('taken')
    await expect.poll(offer).toBeNull()
    actions.pick([below('sea/1.png')], null)
    await expect.poll(imports).toEqual(['import-images sea/1.png'])
  })

  it('is found also in another folder, and what lies beside it is pictures', async () => {
    const { actions, offer, imports } = await setUp()
    const files = ['all/mini/pack.json', 'all/mini/inner/pack.json', 'all/mini/inner/a.png', 'all/sea/1.png']
    actions.pick(
      files.map((path) => below(path)),
      null,
    )
    await expect.poll(offer).toMatchObject({ kind: 'pack', name: 'mini', files: { length: 3 } })
    actions.declineOffer()
    await expect.poll(imports).toEqual(['import-images all/sea/1.png'])
  })

  it('is looked at for pictures where a person says so', async () => {
    const { actions, offer, imports } = await setUp()
    actions.pick([...pack(), below('mini/1.png')], null)
    await expect.poll(() => offer()?.kind).toBe('pack')
    actions.accept('as-pictures')
    await expect.poll(() => offer()?.kind).toBe('choosing')
    actions.accept('one-for-all')
    const plain = ['mini/1.png', ...paths.filter((path) => !path.endsWith('.zip'))].toSorted()
    await expect.poll(() => imports().at(-1)).toMatch(/^import-images/)
    const [saved, pictures] = imports()
    expect(saved).toBe('library-import-file')
    expect(pictures?.replace('import-images ', '').split(',').toSorted()).toEqual(plain)
  })

  it('is none where there is nothing but a pack.json', async () => {
    const { actions, offer, imports } = await setUp()
    actions.pick([new File(['{}'], 'pack.json')], null)
    await expect.poll(imports).toEqual(['import-images pack.json'])
    expect(offer()).toBeNull()
  })
})
