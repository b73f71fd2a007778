// Damages files as fuzzers do: flips, cuts, insertions, repeats, and numbers that lie.

import fc from 'fast-check'

/** Numbers at which sizes and offsets go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const

/** A place in a file, as a share of its length, so that it means something in any file. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: place, value: fc.nat(255) }),
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('edge' as const), at: place, value: fc.constantFrom(...EDGES), isBig: fc.boolean() }),
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({ kind: fc.constant('drop' as const), at: place, count: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ maxLength: 32 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: place, count: fc.integer({ min: 1, max: 64 }) }),
)

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

/** Half of the files as they are made, the others with up to six mutations. */
export function damaged(files: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const mutations = fc.oneof(fc.constant<Mutation[]>([]), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  return fc.tuple(files, mutations).map(([bytes, list]) => list.reduce(mutate, bytes))
}

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * bytes.length)
  switch (change.kind) {
    case 'set':
      return bytes.length === 0 ? bytes : bytes.with(at, change.value)
    case 'flip':
      return bytes.length === 0 ? bytes : bytes.with(at, (bytes[at] ?? 0) ^ (1 << change.bit))
    case 'edge': {
      const out = new Uint8Array(bytes)
      if (at + 4 <= out.length) new DataView(out.buffer).setUint32(at, change.value, !change.isBig)
      return out
    }
    case 'cut':
      return bytes.slice(0, at)
    case 'drop':
      return concat(bytes.slice(0, at), bytes.slice(at + change.count))
    case 'insert':
      return concat(bytes.slice(0, at), change.bytes, bytes.slice(at))
    case 'repeat':
      return concat(bytes.slice(0, at + change.count), bytes.slice(at))
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
