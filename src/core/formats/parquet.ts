// Reads the text columns of Parquet files, a group of rows at a time: what clip-retrieval and img2dataset write beside embeddings.
// Format: https://github.com/apache/parquet-format. Flat columns of texts, Snappy or uncompressed, are read; others are passed over.

import type { ByteSource } from './byte-source.ts'
import { FormatError } from './format-error.ts'
import { isNatural } from './natural.ts'
import { parseTextColumn } from './parquet-page.ts'
import { parseThrift, type ThriftList, type ThriftStruct, type ThriftValue } from './thrift-compact.ts'

const MAGIC = 'PAR1'
const LONGEST_FOOTER = 64 << 20
const MOST_ROWS_IN_GROUP = 1 << 21
const LARGEST_CHUNK = 1 << 30
const BYTE_ARRAY = 6

export interface ParquetFile {
  readonly rows: number
  /** Columns of texts, by name. */
  readonly textColumns: readonly string[]
  /** Yields the named columns, group of rows by group of rows: a list of texts each, null where there is none. Throws FormatError. */
  readTexts(names: readonly string[]): AsyncGenerator<ReadonlyMap<string, readonly (string | null)[]>, void>
}

interface Group {
  readonly rows: number
  /** By name. */
  readonly chunks: ReadonlyMap<string, { readonly codec: number; readonly start: number; readonly end: number }>
}

/** Reads what the file says of itself. Throws FormatError('parquet', …) where it is damaged or encrypted. */
export async function openParquet(source: ByteSource): Promise<ParquetFile> {
  const footer = await readFooter(source)
  const optional = textColumnsOf(list(footer.fields[2]))
  const groups = list(footer.fields[4]).map((group) => readGroup(struct(group), optional, source.byteLength))
  const rows = natural(footer.fields[3])
  const sum = groups.reduce((total, group) => total + group.rows, 0)
  if (sum !== rows) throw new FormatError('parquet', `${rows} rows, but its groups have ${sum}`)
  return {
    rows,
    textColumns: [...optional.keys()],
    async *readTexts(names) {
      for (const group of groups) yield await readGroupTexts(source, group, names, optional)
    },
  }
}

async function readFooter(source: ByteSource): Promise<ThriftStruct> {
  const { byteLength } = source
  const tail = await source.slice(Math.max(0, byteLength - 8), byteLength)
  const magic = new TextDecoder().decode(tail.subarray(4))
  if (byteLength < 12 || magic !== MAGIC) {
    throw new FormatError('parquet', magic === 'PARE' ? 'is encrypted' : 'is no Parquet file, or is cut short')
  }
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
  if (length > Math.min(LONGEST_FOOTER, byteLength - 12)) {
    throw new FormatError('parquet', `a footer of ${length} bytes`, byteLength - 8)
  }
  return parseThrift(await source.slice(byteLength - 8 - length, byteLength - 8), 0).struct
}

/** Whether each may lack values, by name: the leaves right under the root that are byte arrays and not repeated. */
function textColumnsOf(schema: ThriftList): ReadonlyMap<string, boolean> {
  const optional = new Map<string, boolean>()
  // Elements lie depth first; what a nested group holds is passed over with it.
  let nested = 0
  for (const element of schema.slice(1)) {
    const { fields } = struct(element)
    const children = fields[5] === undefined ? 0 : natural(fields[5])
    const [repetition, isTop] = [fields[3] ?? 0, nested === 0]
    nested = Math.max(0, nested - 1) + children
    if (!isTop || fields[1] !== BYTE_ARRAY || repetition === 2) continue
    const name = text(fields[4])
    if (optional.has(name)) throw new FormatError('parquet', `two columns are named ${JSON.stringify(name)}`)
    optional.set(name, repetition === 1)
  }
  return optional
}

function readGroup({ fields }: ThriftStruct, optional: ReadonlyMap<string, boolean>, fileLength: number): Group {
  const rows = natural(fields[3])
  if (rows > MOST_ROWS_IN_GROUP) throw new FormatError('parquet', `a group of ${rows} rows`)
  const chunks = new Map<string, { codec: number; start: number; end: number }>()
  for (const column of list(fields[1])) {
    const meta = struct(struct(column).fields[3]).fields
    const [name, ...inside] = list(meta[3]).map(text)
    if (name === undefined || inside.length > 0 || !optional.has(name)) continue
    const dictionary = meta[11] === undefined ? 0 : natural(meta[11])
    const data = natural(meta[9])
    const start = dictionary > 0 ? Math.min(dictionary, data) : data
    const end = start + natural(meta[7])
    if (natural(meta[5]) !== rows || end > fileLength || end - start > LARGEST_CHUNK) {
      throw new FormatError('parquet', `column ${JSON.stringify(name)}: bytes ${start} to ${end}, ${meta[5]} values`)
    }
    chunks.set(name, { codec: natural(meta[4]), start, end })
  }
  return { rows, chunks }
}

async function readGroupTexts(
  source: ByteSource,
  { rows, chunks }: Group,
  names: readonly string[],
  optional: ReadonlyMap<string, boolean>,
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const columns = new Map<string, readonly (string | null)[]>()
  for (const name of names) {
    const chunk = chunks.get(name)
    if (chunk === undefined) throw new FormatError('parquet', `has no column ${JSON.stringify(name)} of texts`)
    const bytes = await source.slice(chunk.start, chunk.end)
    const column = { name, isOptional: optional.get(name) === true, codec: chunk.codec, count: rows }
    columns.set(name, parseTextColumn(bytes, column))
  }
  return columns
}

function struct(value: ThriftValue | undefined): ThriftStruct {
  return typeof value === 'object' && 'fields' in value ? value : damaged()
}

function list(value: ThriftValue | undefined): ThriftList {
  return Array.isArray(value) ? value : damaged()
}

function natural(value: ThriftValue | undefined): number {
  return isNatural(value) ? value : damaged()
}

function text(value: ThriftValue | undefined): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : damaged()
}

function damaged(): never {
  throw new FormatError('parquet', 'its description lacks a field, or has one of another type')
}
