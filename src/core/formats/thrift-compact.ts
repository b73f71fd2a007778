// Reads structs of Thrift's compact protocol, in which Parquet writes what it says of its data, into plain arrays by field number.
// Protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

import { FormatError } from './format-error.ts'

/** Whole numbers above 2^53 are rounded: whoever uses one as a size or a place must check it. */
export type ThriftValue = boolean | number | Uint8Array | ThriftStruct | ThriftList
/** Values by field number; what is absent is undefined. */
export interface ThriftStruct {
  readonly fields: readonly (ThriftValue | undefined)[]
}
export type ThriftList = readonly ThriftValue[]

const MOST_FIELDS = 64
const MOST_DEPTH = 16
const MOST_VALUES = 1_000_000

/** Reads the struct that begins at `start`; `end` is the first byte behind it. Throws FormatError('parquet', …). */
export function parseThrift(bytes: Uint8Array, start: number): { struct: ThriftStruct; end: number } {
  const reader = new Reader(bytes, start)
  return { struct: reader.struct(0), end: reader.position }
}

class Reader {
  private values = 0
  private readonly view: DataView

  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  struct(depth: number): ThriftStruct {
    const fields: (ThriftValue | undefined)[] = []
    let id = 0
    for (;;) {
      const head = this.byte()
      if (head === 0) return { fields }
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4)
      const type = head & 15
      // A flag's value is its type.
      const value = type === 1 || type === 2 ? type === 1 : this.value(type, depth)
      if (!(id >= 0 && id < MOST_FIELDS)) this.fail(`a field ${id}`)
      fields[id] = value
    }
  }

  private value(type: number, depth: number): ThriftValue {
    if (++this.values > MOST_VALUES) this.fail(`more than ${MOST_VALUES} values`)
    switch (type) {
      case 1:
      case 2:
        return this.byte() === 1
      case 3:
        return this.view.getInt8(this.take(1))
      case 4:
      case 5:
      case 6:
        return this.zigzag()
      case 7:
        return this.view.getFloat64(this.take(8), true)
      case 8: {
        const length = this.varint()
        const start = this.take(length)
        return this.bytes.subarray(start, start + length)
      }
      case 9:
      case 10:
        return this.list(depth + 1)
      case 12:
        if (depth >= MOST_DEPTH) this.fail(`nested deeper than ${MOST_DEPTH}`)
        return this.struct(depth + 1)
      default:
        return this.fail(`a value of type ${type}`)
    }
  }

  private list(depth: number): ThriftList {
    if (depth >= MOST_DEPTH) this.fail(`nested deeper than ${MOST_DEPTH}`)
    const head = this.byte()
    const count = head >> 4 === 15 ? this.varint() : head >> 4
    // Each takes a byte at least.
    if (count > this.bytes.byteLength - this.position) this.fail(`a list of ${count}`)
    const list: ThriftValue[] = []
    for (let i = 0; i < count; i++) list.push(this.value(head & 15, depth))
    return list
  }

  private zigzag(): number {
    const coded = this.varint()
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2
  }

  private varint(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    return this.fail('a number without an end')
  }

  private byte(): number {
    return this.view.getUint8(this.take(1))
  }

  private take(count: number): number {
    const start = this.position
    if (!(count <= this.bytes.byteLength - start)) this.fail('ends early')
    this.position = start + count
    return start
  }

  private fail(detail: string): never {
    throw new FormatError('parquet', `its description is damaged: ${detail}`, this.position)
  }
}
