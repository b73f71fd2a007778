// Asserts that a parser answers damage with its own error, never with another one.

import { expect } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'

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
