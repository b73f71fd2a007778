// Reads safetensors headers through a ByteSource, and lays out and writes such files with every tensor aligned.
// Format: https://github.com/huggingface/safetensors (8-byte length, JSON header, data without holes).

import * as v from 'valibot'
import { sizeOf } from '../tensor/tensor.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeFloats } from './element-type.ts'
import { FormatError } from './format-error.ts'
import type { StoredTensor, TensorSource } from './tensor-source.ts'

const DTYPES = {
  F64: { size: 8, torch: 'float64' },
  F32: { size: 4, torch: 'float32' },
  F16: { size: 2, torch: 'float16' },
  BF16: { size: 2, torch: 'bfloat16' },
  I64: { size: 8, torch: 'int64' },
  I32: { size: 4, torch: 'int32' },
  I16: { size: 2, torch: 'int16' },
  I8: { size: 1, torch: 'int8' },
  U8: { size: 1, torch: 'uint8' },
  BOOL: { size: 1, torch: 'bool' },
} as const

export type SafetensorsDtype = keyof typeof DTYPES

export interface SafetensorsTensor extends StoredTensor {
  readonly dtype: SafetensorsDtype
  /** First byte in the file, and bytes. */
  readonly offset: number
  readonly byteLength: number
}

export interface SafetensorsLayout {
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>
  /** The file's bytes before the first tensor. */
  readonly header: Uint8Array
  /** Of the whole file. */
  readonly byteLength: number
}

/** Every tensor begins at a multiple of this many bytes of the file, so that one can be used where it lies. */
export const SAFETENSORS_ALIGNMENT = 64
/** The format allows no holes, so tensors of this name fill them. */
const PADDING = /^__padding_\d+__$/
const LONGEST_HEADER = 16 << 20
const MOST_TENSORS = 65_536
const MOST_DIMS = 8

const entrySchema = v.object({
  dtype: v.picklist(Object.keys(DTYPES) as SafetensorsDtype[]),
  shape: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.maxLength(MOST_DIMS)),
  data_offsets: v.tuple([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.pipe(v.number(), v.safeInteger())]),
})

const metadataSchema = v.object({ __metadata__: v.record(v.string(), v.string()) })

/** Reads the header. Padding tensors are left out. Throws FormatError for damage and for tensors outside of the file. */
export async function readSafetensorsHeader(source: ByteSource): Promise<ReadonlyMap<string, SafetensorsTensor>> {
  if (source.byteLength < 8) throw new FormatError('safetensors', `${source.byteLength} bytes are no file`)
  const prefix = await source.slice(0, 8)
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(Math.min(LONGEST_HEADER, source.byteLength - 8))) {
    throw new FormatError('safetensors', `a header of ${length} bytes does not fit`, 0)
  }
  const dataStart = 8 + Number(length)
  const entries = Object.entries(parseHeader(await source.slice(8, dataStart)))
  if (entries.length > MOST_TENSORS) throw new FormatError('safetensors', `${entries.length} tensors are too many`, 8)
  const all = entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => [name, parseEntry(name, value, dataStart, source.byteLength)] as const)
  refuseHoles(all, dataStart, source.byteLength)
  return new Map(all.filter(([name]) => !PADDING.test(name)))
}

/** An object whose keys are each there once, at every level. */
function parseHeader(bytes: Uint8Array): object {
  let text = ''
  let json: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    json = JSON.parse(text)
  } catch (error) {
    throw new FormatError('safetensors', `header is not JSON: ${error instanceof Error ? error.message : error}`, 8)
  }
  if (!text.startsWith('{') || typeof json !== 'object' || json === null) {
    throw new FormatError('safetensors', 'header is no object', 8)
  }
  // JSON.parse keeps the last of equal keys: what another reader takes for the tensor may be the first.
  if (countColons(text) !== countKeys(json)) throw new FormatError('safetensors', 'header has a key twice', 8)
  const metadata = v.safeParse(metadataSchema, Object.hasOwn(json, '__metadata__') ? json : { __metadata__: {} })
  if (!metadata.success) throw new FormatError('safetensors', '__metadata__ is not text by name', 8)
  return json
}

/** Colons outside of strings: one a key. */
function countColons(json: string): number {
  let count = 0
  let isInString = false
  for (let i = 0; i < json.length; i++) {
    const character = json.charCodeAt(i)
    if (character === 0x22) isInString = !isInString
    else if (character === 0x5c) i++
    else if (character === 0x3a && !isInString) count++
  }
  return count
}

/** Keys of an object and of the objects that it holds directly, or in whatever a tensor's entry wrongly holds. */
function countKeys(json: object): number {
  let count = 0
  const open: unknown[] = [json]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    const inner = Object.values(value)
    if (!Array.isArray(value)) count += inner.length
    for (const each of inner) open.push(each)
  }
  return count
}

/** The tensors lie one behind the other, from the header to the end of the file. */
function refuseHoles(
  all: readonly (readonly [string, SafetensorsTensor])[],
  dataStart: number,
  fileLength: number,
): void {
  const end = (tensor: SafetensorsTensor) => tensor.offset + tensor.byteLength
  let covered = dataStart
  for (const [name, tensor] of all.toSorted(([, a], [, b]) => a.offset - b.offset || end(a) - end(b))) {
    if (tensor.offset !== covered) {
      throw new FormatError(
        'safetensors',
        `${name}: begins at ${tensor.offset}, where ${covered} is the next free byte`,
      )
    }
    covered = end(tensor)
  }
  if (covered !== fileLength)
    throw new FormatError('safetensors', `tensors end at ${covered}, the file at ${fileLength}`)
}

/** A safetensors file as named tensors. Throws as readSafetensorsHeader does. */
export async function openSafetensors(source: ByteSource): Promise<TensorSource> {
  const tensors = await readSafetensorsHeader(source)
  return {
    tensors,
    readFloats: async (name) => {
      const tensor = tensors.get(name)
      if (!tensor) throw new FormatError('safetensors', `has no tensor ${JSON.stringify(name)}`)
      const bytes = await source.slice(tensor.offset, tensor.offset + tensor.byteLength)
      return decodeFloats(bytes, DTYPES[tensor.dtype].torch)
    },
  }
}

/** Plans a file of these tensors, in this order, from names and sizes alone. */
export function layOutSafetensors(
  wanted: Iterable<readonly [name: string, dtype: SafetensorsDtype, dims: readonly number[]]>,
): SafetensorsLayout {
  const header: [string, { dtype: SafetensorsDtype; shape: readonly number[]; data_offsets: [number, number] }][] = []
  let end = 0
  for (const [name, dtype, dims] of wanted) {
    const gap = roundUp(end) - end
    if (gap > 0) header.push([`__padding_${end}__`, { dtype: 'U8', shape: [gap], data_offsets: [end, end + gap] }])
    const begin = end + gap
    end = begin + sizeOf(dims) * DTYPES[dtype].size
    header.push([name, { dtype, shape: dims, data_offsets: [begin, end] }])
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const bytes = new Uint8Array(roundUp(8 + json.length)).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true)
  bytes.set(json, 8)
  const tensors = new Map<string, SafetensorsTensor>()
  for (const [name, { dtype, shape, data_offsets: offsets }] of header) {
    if (PADDING.test(name)) continue
    const [begin, tensorEnd] = offsets
    tensors.set(name, { dtype, dims: shape, offset: bytes.length + begin, byteLength: tensorEnd - begin })
  }
  return { tensors, header: bytes, byteLength: bytes.length + end }
}

/** Yields the file that `layout` plans; `bytesOf` is asked for one tensor after the other, in the layout's order. */
export async function* safetensorsChunks(
  layout: SafetensorsLayout,
  bytesOf: (name: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield layout.header
  let position = layout.header.length
  for (const [name, tensor] of layout.tensors) {
    if (tensor.offset > position) yield new Uint8Array(tensor.offset - position)
    const bytes = await bytesOf(name)
    if (bytes.byteLength !== tensor.byteLength) {
      throw new RangeError(`safetensors: ${name} has ${bytes.byteLength} bytes, not ${tensor.byteLength}`)
    }
    yield bytes
    position = tensor.offset + tensor.byteLength
  }
}

function parseEntry(name: string, value: unknown, dataStart: number, fileLength: number): SafetensorsTensor {
  const result = v.safeParse(entrySchema, value)
  if (!result.success) {
    const [issue] = result.issues
    throw new FormatError('safetensors', `${name}: ${v.getDotPath(issue) ?? 'entry'}: ${issue.message}`)
  }
  const { dtype, shape, data_offsets: offsets } = result.output
  const [begin, end] = offsets
  const byteLength = end - begin
  if (byteLength !== sizeOf(shape) * DTYPES[dtype].size || dataStart + end > fileLength) {
    throw new FormatError('safetensors', `${name}: bytes ${begin} to ${end} do not hold ${dtype} [${shape.join(', ')}]`)
  }
  return { dtype, dims: shape, offset: dataStart + begin, byteLength }
}

function roundUp(length: number): number {
  return Math.ceil(length / SAFETENSORS_ALIGNMENT) * SAFETENSORS_ALIGNMENT
}
