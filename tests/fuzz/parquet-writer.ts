// Writes Parquet files whose every number may lie, for tests: thrift's compact protocol, one column of texts.

import { concat } from './mutate.ts'

/** A field's number and value: a number is written as i64, bytes as binary, a list as structs or as binaries. */
type Field = readonly [id: number, value: number | boolean | Uint8Array | readonly Uint8Array[] | Struct]
interface Struct {
  readonly bytes: Uint8Array
}

export interface ParquetNumbers {
  readonly rows: number
  readonly values: number
  readonly pageValues: number
  readonly encoding: number
  readonly codec: number
  readonly repetition: number
  readonly unpackedSize: number | null
  readonly packedSize: number | null
  readonly children: number
}

/** One page of `page` bytes, as it is on disk, and a footer. */
export function writeParquet(page: Uint8Array, numbers: ParquetNumbers, name: string): Uint8Array {
  const header = struct([
    [1, 0],
    [2, numbers.unpackedSize ?? page.length],
    [3, numbers.packedSize ?? page.length],
    [
      5,
      {
        bytes: struct([
          [1, numbers.pageValues],
          [2, numbers.encoding],
          [3, 3],
          [4, 3],
        ]),
      },
    ],
  ])
  const text = new TextEncoder().encode(name)
  const meta = struct([
    [1, 6],
    [3, [text]],
    [4, numbers.codec],
    [5, numbers.values],
    [7, header.length + page.length],
    [9, 4],
  ])
  const schema = [
    struct([
      [4, text],
      [5, numbers.children],
    ]),
    struct([
      [1, 6],
      [3, numbers.repetition],
      [4, text],
    ]),
  ]
  const group = struct([
    [1, structs(struct([[3, { bytes: meta }]]))],
    [3, numbers.rows],
  ])
  const footer = struct([
    [1, 2],
    [2, structs(...schema)],
    [3, numbers.rows],
    [4, structs(group)],
  ])
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, footer.length, true)
  const magic = new TextEncoder().encode('PAR1')
  return concat(magic, header, page, footer, length, magic)
}

/** A struct of Thrift's compact protocol. */
export function struct(fields: readonly Field[]): Uint8Array {
  const out: Uint8Array[] = []
  for (const [id, value] of fields) {
    const type = typeTag(value)
    out.push(Uint8Array.of(type), varint(id * 2), valueBytes(value))
  }
  return concat(...out, Uint8Array.of(0))
}

/** A list of structs, as a field's value. */
export function structs(...items: readonly Uint8Array[]): Struct & { readonly isList: true } {
  return { bytes: concat(Uint8Array.of((items.length << 4) | 12), ...items), isList: true }
}

function typeTag(value: Field[1]): number {
  if (typeof value === 'boolean') return value ? 1 : 2
  if (typeof value === 'number') return 6
  if (value instanceof Uint8Array) return 8
  if (Array.isArray(value)) return 9
  return 'isList' in value ? 9 : 12
}

function valueBytes(value: Field[1]): Uint8Array {
  if (typeof value === 'boolean') return new Uint8Array(0)
  if (typeof value === 'number') return varint(value * 2)
  if (value instanceof Uint8Array) return concat(varint(value.length), value)
  if ('bytes' in value) return value.bytes
  return concat(Uint8Array.of((value.length << 4) | 8), ...value.map((item) => concat(varint(item.length), item)))
}

function varint(value: number): Uint8Array {
  const out: number[] = []
  let rest = value
  while (rest >= 128) {
    out.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.of(...out, rest)
}
