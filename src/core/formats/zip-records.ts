// The records of a zip of stored entries: before each entry, in the directory and at the end (APPNOTE.TXT 6.3.10, section 4.3).

/** 1 January 1980, the first day that a zip can name. */
const DATE = 0x0021
/** Names are UTF-8. */
const FLAGS = 0x0800
const MOST_32 = 0xffffffff
const MOST_16 = 0xffff
/** Of as many bytes. */
export const LONGEST_NAME = MOST_16

export interface Measured {
  readonly crc: number
  readonly size: number
}

interface Entry extends Measured {
  readonly name: Uint8Array
  readonly start: number
}

type Field = readonly [width: 2 | 4 | 8, value: number]

/** Numbers by their width in bytes, little-endian; then bytes as they are. */
function record(fields: readonly Field[], ...tail: Uint8Array[]): Uint8Array {
  const length = fields.reduce((sum, [width]) => sum + width, 0)
  const out = new Uint8Array(tail.reduce((sum, bytes) => sum + bytes.length, length))
  const view = new DataView(out.buffer)
  let at = 0
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  for (const bytes of tail) {
    out.set(bytes, at)
    at += bytes.length
  }
  return out
}

/** The extra field 1: what does not fit 32 bits, in the order in which the header has them. */
function wideExtra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array(0)
  return record([[2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const)])
}

/** What the local and the central header have in common, in their order: stored, no clock, sizes, lengths. */
function commonFields(crc: number, size32: number, name: Uint8Array, extra: Uint8Array): readonly Field[] {
  return [
    [2, FLAGS],
    [2, 0],
    [2, 0],
    [2, DATE],
    [4, crc],
    [4, size32],
    [4, size32],
    [2, name.length],
    [2, extra.length],
  ]
}

/** What stands before an entry's bytes. */
export function localHeader({ name, crc, size }: Entry): Uint8Array {
  const isWide = size >= MOST_32
  const extra = wideExtra(isWide ? [size, size] : [])
  return record(
    [[4, 0x04034b50], [2, isWide ? 45 : 20], ...commonFields(crc, isWide ? MOST_32 : size, name, extra)],
    name,
    extra,
  )
}

/** What the directory says of it. */
export function centralHeader({ name, crc, size, start }: Entry): Uint8Array {
  const wide = [...(size >= MOST_32 ? [size, size] : []), ...(start >= MOST_32 ? [start] : [])]
  const extra = wideExtra(wide)
  const version = wide.length > 0 ? 45 : 20
  return record(
    [
      [4, 0x02014b50],
      [2, version],
      [2, version],
      ...commonFields(crc, Math.min(size, MOST_32), name, extra),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, Math.min(start, MOST_32)],
    ],
    name,
    extra,
  )
}

/** What stands behind a directory of `count` entries that lies from `start` on. */
export function endRecords(count: number, start: number, size: number): Uint8Array {
  const end = record([
    [4, 0x06054b50],
    [4, 0],
    [2, Math.min(count, MOST_16)],
    [2, Math.min(count, MOST_16)],
    [4, Math.min(size, MOST_32)],
    [4, Math.min(start, MOST_32)],
    [2, 0],
  ])
  if (count < MOST_16 && size < MOST_32 && start < MOST_32) return end
  const end64 = record([
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start],
  ])
  const locator = record([
    [4, 0x07064b50],
    [4, 0],
    [8, start + size],
    [4, 1],
  ])
  return record([], end64, locator, end)
}
