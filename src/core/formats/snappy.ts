// Unpacks Snappy blocks, with which Parquet's pages are packed.
// Format: https://github.com/google/snappy/blob/main/format_description.txt

import { FormatError } from './format-error.ts'

/** Three bytes copy 64: nothing expands further. */
const MOST_EXPANDS = 22

/** The unpacked bytes, which must be `byteLength` many. Throws FormatError('snappy', …). */
export function unpackSnappy(packed: Uint8Array, byteLength: number): Uint8Array {
  const { value: claimed, end: start } = readLength(packed)
  if (claimed !== byteLength || byteLength > packed.length * MOST_EXPANDS) {
    throw new FormatError('snappy', `${packed.length} bytes that claim to be ${claimed} unpacked, not ${byteLength}`)
  }
  const out = new Uint8Array(byteLength)
  let from = start
  let to = 0
  const need = (isEnough: boolean) => {
    if (!isEnough) throw new FormatError('snappy', 'is damaged', from)
  }
  const little = (at: number, width: number) => {
    let value = 0
    for (let i = width - 1; i >= 0; i--) value = value * 256 + (packed[at + i] ?? 0)
    return value
  }
  while (from < packed.length) {
    const tag = packed[from++] ?? 0
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59)
      const length = 1 + (extra === 0 ? tag >> 2 : little(from, extra))
      from += extra
      need(length <= packed.length - from && length <= byteLength - to)
      out.set(packed.subarray(from, from + length), to)
      from += length
      to += length
      continue
    }
    const width = (tag & 3) === 1 ? 1 : (tag & 3) === 2 ? 2 : 4
    need(width <= packed.length - from)
    const length = width === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2)
    const distance = width === 1 ? ((tag >> 5) << 8) | (packed[from] ?? 0) : little(from, width)
    from += width
    need(distance > 0 && distance <= to && length <= byteLength - to)
    // What is copied may overlap what it makes: a run.
    for (let i = 0; i < length; i++, to++) out[to] = out[to - distance] ?? 0
  }
  need(to === byteLength)
  return out
}

function readLength(packed: Uint8Array): { value: number; end: number } {
  let value = 0
  for (let at = 0; at < 5; at++) {
    const byte = packed[at] ?? 0
    value += (byte & 127) * 128 ** at
    if (byte < 128) return { value, end: at + 1 }
  }
  throw new FormatError('snappy', 'a length without an end', 0)
}
