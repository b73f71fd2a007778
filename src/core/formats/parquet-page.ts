// Decodes the pages of a Parquet column of texts: levels, dictionaries and values.
// Encodings: https://github.com/apache/parquet-format/blob/master/Encodings.md

import { FormatError } from './format-error.ts'
import { isNatural } from './natural.ts'
import { unpackSnappy } from './snappy.ts'
import { parseThrift, type ThriftStruct, type ThriftValue } from './thrift-compact.ts'

/** Codecs that are read, by their number in the file. */
export const UNCOMPRESSED = 0
export const SNAPPY = 1
const MOST_PAGE_BYTES = 256 << 20

const DATA_PAGE = 0
const DICTIONARY_PAGE = 2
const DATA_PAGE_2 = 3
const PLAIN = 0
const PLAIN_DICTIONARY = 2
const RLE_DICTIONARY = 8

export interface TextColumn {
  readonly name: string
  readonly isOptional: boolean
  readonly codec: number
  /** The column's values in this group of rows. */
  readonly count: number
}

/** Every value of a column chunk, in order; null where there is none. Throws FormatError('parquet' | 'snappy', …). */
export function parseTextColumn(bytes: Uint8Array, column: TextColumn): (string | null)[] {
  const values: (string | null)[] = []
  let dictionary: readonly string[] | null = null
  let position = 0
  while (values.length < column.count) {
    if (position >= bytes.length) fail(column, `has ${values.length} values, not ${column.count}`)
    const { struct, end } = parseThrift(bytes, position)
    const [type, unpackedSize, packedSize] = [1, 2, 3].map((id) => natural(struct.fields[id], column))
    position = end + (packedSize ?? 0)
    if (position > bytes.length || (unpackedSize ?? 0) > MOST_PAGE_BYTES) fail(column, `a page of ${packedSize} bytes`)
    const page = { packed: bytes.subarray(end, position), unpackedSize: unpackedSize ?? 0, column }
    if (type === DICTIONARY_PAGE) {
      const header = structOf(struct.fields[7], column)
      dictionary = plainTexts(unpack(page), natural(header.fields[1], column), column)
    } else if (type === DATA_PAGE || type === DATA_PAGE_2) {
      const header = structOf(struct.fields[type === DATA_PAGE ? 5 : 8], column)
      const count = natural(header.fields[1], column)
      if (count > column.count - values.length) fail(column, `has more values than ${column.count}`)
      const { levels, rest, encoding } = type === DATA_PAGE ? openPage(page, header) : openPage2(page, header)
      for (const value of decodePage(rest, encoding, levels, count, dictionary, column)) values.push(value)
    }
  }
  return values
}

interface Page {
  readonly packed: Uint8Array
  readonly unpackedSize: number
  readonly column: TextColumn
}

interface OpenPage {
  /** Encoded levels: 1 where there is a value; null where every row must have one. */
  readonly levels: Uint8Array | null
  readonly rest: Uint8Array
  readonly encoding: number
}

function openPage(page: Page, header: ThriftStruct): OpenPage {
  const { column } = page
  const bytes = unpack(page)
  const encoding = natural(header.fields[2], column)
  if (!column.isOptional) return { levels: null, rest: bytes, encoding }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length >= 4 ? view.getUint32(0, true) : bytes.length
  if (length > bytes.length - 4) fail(column, 'its levels are cut short')
  return { levels: bytes.subarray(4, 4 + length), rest: bytes.subarray(4 + length), encoding }
}

/** Pages of version 2 keep their levels unpacked, before the values. */
function openPage2({ packed, unpackedSize, column }: Page, header: ThriftStruct): OpenPage {
  const [length, repeats] = [5, 6].map((id) => natural(header.fields[id], column))
  const levelBytes = (length ?? 0) + (repeats ?? 0)
  if (repeats !== 0 || levelBytes > Math.min(packed.length, unpackedSize)) fail(column, 'its levels are cut short')
  const body = { packed: packed.subarray(levelBytes), unpackedSize: unpackedSize - levelBytes, column }
  const rest = header.fields[7] === false ? body.packed : unpack(body)
  const levels = column.isOptional ? packed.subarray(0, levelBytes) : null
  return { levels, rest, encoding: natural(header.fields[4], column) }
}

function unpack({ packed, unpackedSize, column }: Page): Uint8Array {
  if (column.codec === SNAPPY) return unpackSnappy(packed, unpackedSize)
  if (column.codec !== UNCOMPRESSED) fail(column, `compression ${column.codec} is not read, only Snappy and none`)
  if (packed.length !== unpackedSize) fail(column, `a page of ${packed.length} bytes, not ${unpackedSize}`)
  return packed
}

function decodePage(
  bytes: Uint8Array,
  encoding: number,
  levels: Uint8Array | null,
  count: number,
  dictionary: readonly string[] | null,
  column: TextColumn,
): (string | null)[] {
  const present = levels === null ? null : decodeRuns(levels, 1, count, column)
  const stored = present === null ? count : present.reduce((sum, level) => sum + level, 0)
  const texts = decodeTexts(bytes, encoding, stored, dictionary, column)
  if (present === null) return texts
  let next = 0
  return Array.from(present, (level) => (level === 1 ? (texts[next++] ?? null) : null))
}

function decodeTexts(
  bytes: Uint8Array,
  encoding: number,
  count: number,
  dictionary: readonly string[] | null,
  column: TextColumn,
): string[] {
  if (encoding === PLAIN) return plainTexts(bytes, count, column)
  if (encoding !== RLE_DICTIONARY && encoding !== PLAIN_DICTIONARY) fail(column, `encoding ${encoding} is not read`)
  if (dictionary === null) return fail(column, 'its dictionary is missing')
  const bitWidth = bytes[0] ?? 0
  return Array.from(decodeRuns(bytes.subarray(1), bitWidth, count, column), (index) => {
    return dictionary[index] ?? fail(column, `entry ${index} of a dictionary of ${dictionary.length}`)
  })
}

/** Texts one behind the other, each after its length in 4 bytes. */
function plainTexts(bytes: Uint8Array, count: number, column: TextColumn): string[] {
  if (count * 4 > bytes.length) fail(column, `${count} texts in ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder()
  const texts: string[] = []
  let position = 0
  for (let i = 0; i < count; i++) {
    if (position + 4 > bytes.length) fail(column, `ends inside text ${i}`)
    const start = position + 4
    position = start + view.getUint32(position, true)
    if (position > bytes.length) fail(column, `ends inside text ${i}`)
    texts.push(decoder.decode(bytes.subarray(start, position)))
  }
  return texts
}

/** The hybrid of runs of one value and groups of eight packed ones, least significant bits first. */
function decodeRuns(bytes: Uint8Array, bitWidth: number, count: number, column: TextColumn): Uint32Array {
  if (bitWidth > 32) fail(column, `numbers of ${bitWidth} bits`)
  const out = new Uint32Array(count)
  const valueBytes = (bitWidth + 7) >> 3
  let [at, filled] = [0, 0]
  while (filled < count) {
    let [head, scale] = [0, 1]
    for (;;) {
      const byte = bytes[at++] ?? fail(column, 'its runs are cut short')
      head += (byte & 127) * scale
      if (byte < 128) break
      scale *= 128
      if (scale > 2 ** 35) fail(column, 'a run without an end')
    }
    const length = Math.floor(head / 2)
    if (head % 2 === 0) {
      if (at + valueBytes > bytes.length) fail(column, 'its runs are cut short')
      let value = 0
      for (let i = valueBytes - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0)
      at += valueBytes
      const end = Math.min(count, filled + length)
      out.fill(value, filled, end)
      filled = end
    } else {
      const take = Math.min(count - filled, length * 8)
      if (at + Math.ceil((take * bitWidth) / 8) > bytes.length) fail(column, 'its runs are cut short')
      for (let i = 0; i < take; i++) out[filled + i] = readBits(bytes, at * 8 + i * bitWidth, bitWidth)
      at += length * bitWidth
      filled += take
    }
  }
  return out
}

function readBits(bytes: Uint8Array, firstBit: number, width: number): number {
  let value = 0
  for (let bit = 0; bit < width; ) {
    const at = firstBit + bit
    const inByte = at % 8
    const take = Math.min(8 - inByte, width - bit)
    value += (((bytes[Math.floor(at / 8)] ?? 0) >> inByte) & ((1 << take) - 1)) * 2 ** bit
    bit += take
  }
  return value
}

function natural(value: ThriftValue | undefined, column: TextColumn): number {
  return isNatural(value) ? value : fail(column, 'a page header is damaged')
}

function structOf(value: ThriftValue | undefined, column: TextColumn): ThriftStruct {
  return typeof value === 'object' && 'fields' in value ? value : fail(column, 'a page header is damaged')
}

function fail({ name }: TextColumn, detail: string): never {
  throw new FormatError('parquet', `column ${JSON.stringify(name)}: ${detail}`)
}
