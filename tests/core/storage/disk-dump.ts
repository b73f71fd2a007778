// A disk's records as JSON, so that what a released version stored can lie in the repository.

import type { RecordBatch } from '../../../src/core/storage/record-disk.ts'

/** Bytes, half-precision rows and blobs become base64; blobs keep their type. */
export async function dumpRecords(records: ReadonlyMap<string, unknown>): Promise<string> {
  const entries = await Promise.all([...records].map(async ([key, value]) => [key, await encode(value)] as const))
  return `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`
}

/** What puts them on a disk again. */
export function readDump(json: string): RecordBatch {
  return { put: Object.entries(JSON.parse(json)).map(([key, value]) => [key, decode(value)]) }
}

async function encode(value: unknown): Promise<unknown> {
  if (value instanceof Blob) return { $blob: toBase64(new Uint8Array(await value.arrayBuffer())), type: value.type }
  if (value instanceof Uint8Array) return { $u8: toBase64(value) }
  if (value instanceof Uint16Array)
    return { $u16: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
  if (Array.isArray(value)) return Promise.all(value.map(encode))
  if (typeof value !== 'object' || value === null) return value
  const parts = await Promise.all(Object.entries(value).map(async ([key, part]) => [key, await encode(part)] as const))
  return Object.fromEntries(parts)
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  if ('$u8' in value) return fromBase64(value.$u8)
  if ('$u16' in value) return new Uint16Array(fromBase64(value.$u16).buffer)
  if ('$blob' in value && 'type' in value) return new Blob([fromBase64(value.$blob)], { type: String(value.type) })
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decode(part)]))
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function fromBase64(text: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(String(text), 'base64'))
}
