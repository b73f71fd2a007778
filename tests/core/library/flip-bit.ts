// One bit of a record, flipped: in a byte, a number, or a character of a text, as a memory or a disk that fails would.

interface Place {
  readonly bits: number
  flip(bit: number): void
}

/** A copy with one bit other than before. @param seed which one: seeds that follow each other hit far-apart places */
export function flipBit(record: unknown, seed: number): unknown {
  const holder = { record: structuredClone(record) }
  const places: Place[] = []
  collect(holder as unknown as Record<string, unknown>, 'record', places)
  const total = places.reduce((sum, { bits }) => sum + bits, 0)
  // A step that shares no factor with most totals, so that seeds spread over all bits.
  let at = (seed * 2_654_435_761) % total
  for (const place of places) {
    if (at < place.bits) {
      place.flip(at)
      return holder.record
    }
    at -= place.bits
  }
  throw new Error('there is nothing to flip')
}

function collect(parent: Record<string, unknown>, key: string, places: Place[]): void {
  const value = parent[key]
  if (value instanceof Uint8Array || value instanceof Uint16Array) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    places.push({
      bits: 8 * bytes.length,
      flip: (bit) => {
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      },
    })
  } else if (typeof value === 'string') {
    places.push({
      bits: 8 * value.length,
      flip: (bit) => {
        const code = value.charCodeAt(bit >> 3) ^ (1 << (bit & 7))
        parent[key] = value.slice(0, bit >> 3) + String.fromCharCode(code) + value.slice((bit >> 3) + 1)
      },
    })
  } else if (typeof value === 'number') {
    places.push({ bits: 31, flip: (bit) => (parent[key] = value ^ (1 << bit)) })
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) collect(value as Record<string, unknown>, name, places)
  }
}
