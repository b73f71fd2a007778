// What an empty page does while its browser is killed, and how it looks afterwards; served to it as the app's modules are.

import type { ClipIdentity, Library, NewRow } from '../src/core/library/library.ts'
import { openBrowserLibrary } from '../src/platform/browser-library.ts'
import { createGalleryStore, GALLERY_DATABASE, type StoredPicture } from '../src/platform/gallery-store.ts'
import { openRecordDisk } from '../src/platform/record-disk.ts'
import { sha256 } from '../src/platform/sha256.ts'
import { findFaults } from '../tests/core/library/find-faults.ts'

/** Told after each thing that is acknowledged, and before the last that is not. */
export type Tell = (what: string) => Promise<void>

export interface Seen {
  /** Captions of the rows of each style, and of each that is removed. */
  readonly styles: Readonly<Record<string, readonly string[]>>
  readonly removed: readonly string[]
  /** Names of the pictures in the gallery. */
  readonly pictures: readonly string[]
  /** What is wrong with it: an orphan, a hole, a row that is not what it was. */
  readonly faults: readonly string[]
  /** From the first call to all of it. */
  readonly milliseconds: number
}

const CLIP: ClipIdentity = { id: 'e'.repeat(64), dim: 64 }
const IMAGE_BYTES = 6000
const PICTURE_BYTES = 120_000

const library: Library = openBrowserLibrary(() => {})
const gallery = createGalleryStore(openRecordDisk(GALLERY_DATABASE))

/** Bytes that a name decides. */
function bytesOf(name: string, length: number): Uint8Array<ArrayBuffer> {
  let state = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) | 0, 7)
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0
    return state >>> 24
  })
}

async function rowOf(name: string): Promise<NewRow> {
  const numbers = bytesOf(`embedding ${name}`, CLIP.dim)
  return {
    id: null,
    caption: name,
    sha256: await sha256(new TextEncoder().encode(name)),
    width: 64,
    height: 64,
    embedding: Float32Array.from(numbers, (byte) => byte - 127.5),
    thumbnail: bytesOf(`thumbnail ${name}`, 900),
    image: bytesOf(`image ${name}`, IMAGE_BYTES),
  }
}

const rowsOf = (letter: string, count: number, first = 0) =>
  Promise.all(Array.from({ length: count }, (_, i) => rowOf(`${letter}${first + i}`)))

const idOf = async (name: string) => (await library.list()).find((style) => style.name === name)?.id ?? 'missing'

/** Adds rows to a style in batches, as an import does, each acknowledged with how many there are. */
export async function add(name: string, letter: string, batches: number, tell: Tell, perBatch = 8): Promise<void> {
  const progress = (done: number) => (appended: { added: number; duplicates: number }, databaseId: string) => ({
    ...{ version: 1 as const, id: `import-${letter}`, databaseId, name, source: null, total: batches * perBatch, done },
    ...{ added: appended.added, duplicates: appended.duplicates, skipped: [] },
  })
  let id = await idOf(name)
  for (let batch = 0; batch < batches; batch++) {
    const rows = await rowsOf(letter, perBatch, batch * perBatch)
    const done = (batch + 1) * perBatch
    if (id === 'missing') id = (await library.create({ name, clip: CLIP }, rows, progress(done))).databaseId
    else await library.appendRows(id, rows, progress(done))
    await tell(`${done}`)
  }
}

/** Makes a whole style. */
export async function make(name: string, letter: string, count: number): Promise<void> {
  await add(name, letter, Math.ceil(count / 40), async () => {}, 40)
  await library.endImport(`import-${letter}`)
}

export async function deleteStyle(name: string, tell: Tell): Promise<void> {
  const id = await idOf(name)
  await tell('begun')
  await library.remove(id)
  await tell('removed')
  await library.purge(id)
  await tell('purged')
}

export async function merge(into: string, from: string, tell: Tell): Promise<void> {
  const [target, source] = [await idOf(into), await idOf(from)]
  await tell('begun')
  await library.merge(target, source)
  await tell('merged')
}

/** What each start does: brings old records up to date, and finishes what was interrupted. */
export async function start(tell: Tell): Promise<void> {
  await tell('begun')
  await library.sweep()
  await tell('swept')
}

/** Puts records on the disk as they are, such as those of an earlier version. */
export async function putRecords(records: Readonly<Record<string, unknown>>): Promise<void> {
  await openRecordDisk('kindred-library').commit({ put: Object.entries(decode(records) as object) }, 'strict')
}

export async function savePictures(count: number, tell: Tell): Promise<void> {
  for (let i = 0; i < count; i++) {
    const id = `picture-${i}`
    const png = new Blob([bytesOf(id, PICTURE_BYTES)], { type: 'image/png' })
    const recipe = { version: 1, prompt: id } as unknown as StoredPicture['recipe']
    const milliseconds = { text: 0, search: 0, step: 0, decode: 0 }
    await gallery.add({ version: 1, id, createdAt: i, png, recipe, neighbours: [], steps: 1, milliseconds })
    await tell(`${i + 1}`)
  }
}

/** After a start, everything that is there, and whether it is as it was. */
export async function look(): Promise<Seen> {
  const begun = performance.now()
  // Of a full disk only that: it is no fault of the library's.
  const faults = (await library.sweep()).filter(({ code }) => code !== 'storage-full').map(String)
  const styles: Record<string, string[]> = {}
  for (const { id, name } of await library.list()) {
    const opened = await library.openDatabase(id)
    await opened.embeddingParts()
    styles[name] = opened.items.map(({ caption }) => caption)
  }
  const milliseconds = performance.now() - begun
  for (const { id, clip } of await library.list()) {
    if (clip.id !== CLIP.id) continue
    const opened = await library.openDatabase(id)
    for (const [row, { caption }] of opened.items.entries()) {
      if (!isSame(await opened.image(row), bytesOf(`image ${caption}`, IMAGE_BYTES))) faults.push(`${caption} differs`)
    }
  }
  const disk = openRecordDisk('kindred-library')
  const keys = await disk.keys('')
  const records = await disk.getMany(keys)
  faults.push(...findFaults(new Map(keys.map((key, i) => [key, records[i]])), { isSettled: true }))
  const pictures = await gallery.list()
  for (const { id, png } of pictures) {
    if (!isSame(new Uint8Array(await png.arrayBuffer()), bytesOf(id, PICTURE_BYTES))) faults.push(`${id} differs`)
  }
  const removed = (await library.listRemoved()).map(({ name }) => name)
  return { styles, removed, pictures: pictures.map(({ id }) => id), faults, milliseconds }
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Bytes and half floats come as lists of base64, as the fixtures hold them. */
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  if ('$u8' in value) return fromBase64(value.$u8)
  if ('$u16' in value) return new Uint16Array(fromBase64(value.$u16).buffer)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decode(part)]))
}

function fromBase64(text: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(String(text)), (letter) => letter.charCodeAt(0))
}
