// Asserts that a parser answers damage with its own error, never with another one.

import { expect } from 'vitest'
import { crc32 } from '../../../src/core/formats/crc32.ts'
import { FormatError } from '../../../src/core/formats/format-error.ts'

const LONGEST_SHOWN = 80

/** Runs `parse` on every proper prefix of `bytes`: each must throw FormatError. */
export async function expectTruncationErrors(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): Promise<void> {
  const wrong: string[] = []
  for (let length = 0; length < bytes.length; length++) {
    const fate = await fateOf(() => parse(new Uint8Array(bytes.subarray(0, length))))
    if (fate !== 'FormatError') wrong.push(`${length} bytes: ${fate}`)
  }
  expect(wrong).toEqual([])
}

/** Inverts each byte in turn: the parser may read what is left as it likes, but may only fail with FormatError. */
export async function expectTypedErrorsOnFlips(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
): Promise<void> {
  const wrong: string[] = []
  for (let at = 0; at < bytes.length; at++) {
    const damaged = new Uint8Array(bytes)
    damaged[at] = 255 - (damaged[at] ?? 0)
    const fate = await fateOf(() => parse(damaged))
    if (fate !== 'FormatError' && fate !== 'read') wrong.push(`byte ${at}: ${fate}`)
  }
  expect(wrong).toEqual([])
}

async function fateOf(parse: () => unknown): Promise<string> {
  try {
    await parse()
    return 'read'
  } catch (error) {
    return error instanceof FormatError ? 'FormatError' : String(error)
  }
}

/**
 * What is read of `bytes`, and what comes of them cut short after each byte, and with each byte inverted or its lowest bit flipped:
 * the error's words, or what is read, of which a checksum stands for more than a line. A line for each run of bytes of one fate.
 */
export async function describeDamage(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): Promise<string> {
  const whole = writeOut(await parse(bytes))
  const tell = async (damaged: Uint8Array) => {
    try {
      const read = writeOut(await parse(damaged))
      if (read === whole) return 'read as it was'
      return `read, ${read.length <= LONGEST_SHOWN ? read : crc32(new TextEncoder().encode(read)).toString(16)}`
    } catch (error) {
      const words = error instanceof FormatError ? error.message : String(error)
      // What comes after "not JSON" are the runtime's words, which may change.
      return words.replace(/(not JSON: ).*/s, '$1…').replace(/\s+/g, ' ')
    }
  }
  const changes: Readonly<Record<string, (at: number) => Uint8Array>> = {
    'cut after': (at) => bytes.slice(0, at),
    inverted: (at) => bytes.with(at, 255 - (bytes[at] ?? 0)),
    'lowest bit flipped': (at) => bytes.with(at, (bytes[at] ?? 0) ^ 1),
  }
  const lines = [whole]
  for (const [name, change] of Object.entries(changes)) {
    let [from, fate] = [0, '']
    for (let at = 0; at <= bytes.length; at++) {
      const next = at < bytes.length ? await tell(change(at)) : ''
      if (next === fate) continue
      if (at > 0) lines.push(`${name} ${from}${at - 1 > from ? `-${at - 1}` : ''}: ${fate}`)
      ;[from, fate] = [at, next]
    }
  }
  return `${lines.join('\n')}\n`
}

/** JSON in which lists stand for all that holds one thing after the other. */
function writeOut(value: unknown): string {
  return JSON.stringify(value, (_, inner) => {
    if (typeof inner === 'bigint') return `${inner}n`
    const isList = inner instanceof Map || inner instanceof Set || ArrayBuffer.isView(inner)
    return isList ? Array.from(inner as Iterable<unknown>) : inner
  })
}
