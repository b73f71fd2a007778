// Finds style databases without pictures among files: the RDM authors' .npz parts, zips of many, and clip-retrieval's output.

import { bytesSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openZip } from '../formats/zip.ts'
import { hasDirection } from '../retrieval/style-database.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import { type EmbeddingPart, openNpyPart, openNpzPart, type RowLabel } from './embedding-parts.ts'
import type { ImportFile } from './import-files.ts'

/** Rows that belong together, not read yet. */
export interface EmbeddingCollection {
  /** Display text: the folder's name, or the file's. */
  readonly name: string
  readonly rows: number
  readonly dim: number
  /** Yields batches in order, and in the end how many rows could not be used. Throws FormatError, for some damage only then. */
  batches(): AsyncGenerator<EmbeddingBatch, { readonly rows: number; readonly withoutDirection: number }>
}

export interface EmbeddingBatch {
  /** Ids are there once only in the collection. */
  readonly items: readonly RowLabel[]
  /** Row-major float16 bits, [items, dim], rows of unit length. */
  readonly embeddings: Uint16Array
}

export interface FoundEmbeddings {
  readonly collections: readonly EmbeddingCollection[]
  /** Files that look like embeddings and can't be used, and why. */
  readonly refused: readonly { readonly name: string; readonly error: FormatError }[]
}

/** More than these a browser can't search. */
const MOST_ROWS = 1 << 20

/** Whether a file's name is that of embeddings, of their metadata, or of a zip that may hold some. */
export function mayHoldEmbeddings(name: string): boolean {
  return /\.(npz|npy|parquet|zip)$/i.test(name)
}

/**
 * Lists what the files hold; other files are passed over, and so are text embeddings. Rows must have `dim` numbers: whether
 * the same CLIP made them can't be seen. Rejects only with what opening a file rejects with that is no FormatError.
 */
export async function findEmbeddings(files: readonly ImportFile[], dim: number): Promise<FoundEmbeddings> {
  const refused: { name: string; error: FormatError }[] = []
  const collections: EmbeddingCollection[] = []
  const attempt = async (name: string, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      refused.push({ name, error })
    }
  }
  const inside: ImportFile[] = []
  for (const file of files) await attempt(file.name, async () => void inside.push(...(await expandZip(file))))
  for (const { name, members } of [...groupNpz(inside), ...groupClipRetrieval(inside)]) {
    await attempt(name, async () => {
      const parts: EmbeddingPart[] = []
      for (const open of members) parts.push(await open())
      collections.push(joinParts(name, parts, dim))
    })
  }
  return { collections, refused }
}

/** All of a collection, as `streamStyleDatabase` takes it: rows of `dim` float16 numbers. Throws FormatError. */
export async function collectEmbeddings({ rows, dim, batches }: EmbeddingCollection): Promise<EmbeddingBatch> {
  const items: RowLabel[] = []
  const embeddings = new Uint16Array(rows * dim)
  for await (const batch of batches()) {
    embeddings.set(batch.embeddings, items.length * dim)
    for (const item of batch.items) items.push(item)
  }
  if (items.length === 0) throw new FormatError('embeddings', 'no row has a direction')
  return { items, embeddings: embeddings.slice(0, items.length * dim) }
}

/** A zip's entries count as files in a folder of its name; an entry is inflated when it is opened. */
async function expandZip(file: ImportFile): Promise<readonly ImportFile[]> {
  if (!/\.zip$/i.test(file.name)) return [file]
  const zip = await openZip(await file.open())
  const names = [...zip.entries.keys()].filter((name) => /\.(npz|npy|parquet)$/i.test(name))
  return names.map((name) => ({
    name: `${file.name.slice(0, -4)}/${name}`,
    // An .npz has checksums of its own, and can be read where it lies.
    open: async () => (/\.npz$/i.test(name) ? zip.source(name) : bytesSource(await zip.read(name))),
  }))
}

interface Group {
  readonly name: string
  readonly members: readonly (() => Promise<EmbeddingPart>)[]
}

/** Numbered parts in one folder are one database, in the order of their numbers; any other file is one of its own. */
function groupNpz(files: readonly ImportFile[]): Group[] {
  const groups = new Map<string, { name: string; parts: { number: number; file: ImportFile }[] }>()
  const perFolder = new Map<string, number>()
  const npz = files.filter(({ name }) => /\.npz$/i.test(name))
  for (const { name } of npz) perFolder.set(folderOf(name), (perFolder.get(folderOf(name)) ?? 0) + 1)
  for (const file of npz) {
    const folder = folderOf(file.name)
    const stem = lastOf(file.name).slice(0, -4)
    const part = /^(.*?)[-_. ]?part[-_. ]?(\d+)$/i.exec(stem)
    const key = part ? `${folder}/` : file.name
    const isAlone = perFolder.get(folder) === 1
    const name = (part || isAlone ? lastOf(folder) : '') || part?.[1] || stem
    const group = groups.get(key) ?? { name, parts: [] }
    group.parts.push({ number: Number(part?.[2] ?? 0), file })
    groups.set(key, group)
  }
  return Array.from(groups.values(), ({ name, parts }) => ({
    name,
    members: parts
      .sort((a, b) => a.number - b.number)
      .map(
        ({ file }) =>
          () =>
            openNpzPart(file),
      ),
  }))
}

/** img_emb/img_emb_<n>.npy with metadata/metadata_<n>.parquet, or both side by side. */
function groupClipRetrieval(files: readonly ImportFile[]): Group[] {
  const found = new Map<string, { emb: Map<number, ImportFile>; metadata: Map<number, ImportFile> }>()
  for (const file of files) {
    const match =
      /^(.*?)(?:(?:^|\/)img_emb)?(?:^|\/)(img_emb)_(\d+)\.npy$/i.exec(file.name) ??
      /^(.*?)(?:(?:^|\/)metadata)?(?:^|\/)(metadata)_(\d+)\.parquet$/i.exec(file.name)
    if (match === null) continue
    const [, folder = '', kind, number] = match
    const group = found.get(folder) ?? { emb: new Map(), metadata: new Map() }
    const byNumber = kind?.toLowerCase() === 'metadata' ? group.metadata : group.emb
    byNumber.set(Number(number), file)
    found.set(folder, group)
  }
  return Array.from(found, ([folder, { emb, metadata }]) => ({
    name: lastOf(folder) || 'clip-retrieval',
    members: [...emb]
      .sort(([a], [b]) => a - b)
      .map(
        ([number, file]) =>
          () =>
            openNpyPart(file, metadata.get(number) ?? null),
      ),
  })).filter(({ members }) => members.length > 0)
}

function joinParts(name: string, parts: readonly EmbeddingPart[], dim: number): EmbeddingCollection {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const other = parts.find((part) => part.dim !== dim)
  if (other) {
    throw new FormatError('embeddings', `${name}: rows of ${other.dim} numbers, where the model's CLIP gives ${dim}`)
  }
  if (rows > MOST_ROWS) throw new FormatError('embeddings', `${name}: ${rows} rows are more than ${MOST_ROWS}`)
  return { name, rows, dim, batches: () => readBatches(parts, dim) }
}

async function* readBatches(
  parts: readonly EmbeddingPart[],
  dim: number,
): AsyncGenerator<EmbeddingBatch, { rows: number; withoutDirection: number }> {
  const taken = new Map<string, number>()
  let [rows, withoutDirection] = [0, 0]
  for (const part of parts) {
    for await (const { values, labels } of part.blocks()) {
      const items: RowLabel[] = []
      const embeddings = new Uint16Array(labels.length * dim)
      for (const [row, label] of labels.entries()) {
        const halves = unitRow(values.subarray(row * dim, (row + 1) * dim))
        if (halves === null) {
          withoutDirection++
          continue
        }
        embeddings.set(halves, items.length * dim)
        items.push({ id: makeUnique(label.id, taken), caption: label.caption })
      }
      rows += items.length
      if (items.length > 0) yield { items, embeddings: embeddings.slice(0, items.length * dim) }
    }
  }
  return { rows, withoutDirection }
}

/** Null for a row of zeros, and for one with an infinity or a NaN. */
function unitRow(values: Float32Array): Uint16Array | null {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  if (!(length > 0 && Number.isFinite(length))) return null
  const halves = floatToHalfArray(values.map((value) => value / length))
  return hasDirection(halves) ? halves : null
}

/** The second row of a name gets " (2)", and so on; `taken` keeps how far each name was counted. */
function makeUnique(id: string, taken: Map<string, number>): string {
  let count = taken.get(id) ?? 0
  let unique = count === 0 ? id : `${id} (${++count})`
  while (taken.has(unique)) unique = `${id} (${++count})`
  taken.set(id, Math.max(1, count))
  if (unique !== id) taken.set(unique, 1)
  return unique
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
