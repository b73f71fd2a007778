// Reads and writes NumPy's .npy arrays (versions 1 to 3) without evaluating the header's Python literal.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { halfToFloatArray } from '../tensor/half.ts'
import { sizeOf } from '../tensor/tensor.ts'
import { FormatError } from './format-error.ts'
import { joinBytes } from './join-bytes.ts'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const ALIGNMENT = 64
const MOST_DIMS = 32
/** NumPy itself reads no more than 10,000. */
const LONGEST_HEADER = 1 << 16

const CONSTRUCTORS = {
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
} as const

export type NpyDtype = keyof typeof CONSTRUCTORS

export interface NpyArray {
  readonly dtype: NpyDtype
  readonly dims: readonly number[]
  /** Row-major values; 'f2' gives float16 bit patterns, 'b1' bytes of 0 and 1. */
  readonly data:
    | Uint8Array
    | Uint16Array
    | Uint32Array
    | BigUint64Array
    | Int8Array
    | Int16Array
    | Int32Array
    | BigInt64Array
    | Float32Array
    | Float64Array
}

/** What a file says of its array, and where that begins. */
export interface NpyHeader {
  readonly dtype: NpyDtype
  readonly dims: readonly number[]
  /** Bytes of a value, and the first of them in the file. */
  readonly itemSize: number
  readonly dataStart: number
}

/** As many first bytes as are enough for any header that is read. */
export const NPY_HEADER_BYTES = 12 + LONGEST_HEADER

/**
 * Reads the header out of a file's first bytes, `NPY_HEADER_BYTES` of them or all that there are. Throws FormatError for
 * damage, big-endian, structured and object data, and column-major arrays of 2 and more dimensions.
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const { text, dataStart } = readHeader(bytes)
  const { descr, fortran, dims } = parseHeader(text)
  const dtype = dtypeOf(descr)
  if (fortran && dims.filter((dim) => dim > 1).length > 1) {
    throw new FormatError(
      'npy',
      `column-major order of [${dims.join(', ')}] is not read; save with numpy.ascontiguousarray`,
    )
  }
  return { dtype, dims, itemSize: CONSTRUCTORS[dtype].BYTES_PER_ELEMENT, dataStart }
}

/** Reads one array. Throws FormatError as parseNpyHeader does, and where the data is not as long as the header says. */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const header = parseNpyHeader(bytes)
  checkNpyLength(header, bytes.byteLength)
  return { dtype: header.dtype, dims: header.dims, data: npyValues(header.dtype, bytes.subarray(header.dataStart)) }
}

/** Throws FormatError where a file of so many bytes is not what its header says. */
export function checkNpyLength({ dtype, dims, itemSize, dataStart }: NpyHeader, byteLength: number): void {
  const needed = sizeOf(dims) * itemSize
  if (byteLength - dataStart === needed) return
  const detail = `[${dims.join(', ')}] of ${dtype} needs ${needed} bytes, there are ${byteLength - dataStart}`
  throw new FormatError('npy', detail, dataStart)
}

/** Little-endian values, copied out of `bytes`, which hold a whole number of them. */
export function npyValues(dtype: NpyDtype, bytes: Uint8Array): NpyArray['data'] {
  const Values = CONSTRUCTORS[dtype]
  return new Values(new Uint8Array(bytes).buffer, 0, bytes.byteLength / Values.BYTES_PER_ELEMENT)
}

/** Values as float32: half precision widened, other numbers rounded to nearest. A view where they already are. */
export function npyFloats(array: NpyArray): Float32Array {
  if (array.data instanceof Float32Array) return array.data
  if (array.dtype === 'f2' && array.data instanceof Uint16Array) return halfToFloatArray(array.data)
  return Float32Array.from(array.data as ArrayLike<number | bigint>, Number)
}

/** Writes version 1.0, little-endian, C order, the data at a multiple of 64 bytes as NumPy does. */
export function writeNpy(array: NpyArray): Uint8Array {
  if (array.data.length !== sizeOf(array.dims)) {
    throw new RangeError(`npy: ${array.data.length} values do not fill [${array.dims.join(', ')}]`)
  }
  const { buffer, byteOffset, byteLength } = array.data
  return joinBytes([writeNpyHeader(array), new Uint8Array(buffer, byteOffset, byteLength)])
}

/** What comes before the data, which then fills `dims`. */
export function writeNpyHeader({ dtype, dims }: Pick<NpyArray, 'dtype' | 'dims'>): Uint8Array {
  const order = CONSTRUCTORS[dtype].BYTES_PER_ELEMENT === 1 ? '|' : '<'
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`
  const text = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': ${shape}, }`
  const header = new Uint8Array(Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT)
  header.set([...MAGIC, 1, 0])
  new DataView(header.buffer).setUint16(8, header.length - 10, true)
  header.set(new TextEncoder().encode(`${text.padEnd(header.length - 11)}\n`), 10)
  return header
}

function readHeader(bytes: Uint8Array): { text: string; dataStart: number } {
  if (bytes.byteLength < 10 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new FormatError('npy', 'no npy signature', 0)
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3) throw new FormatError('npy', `version ${version} is not known`, 6)
  const headerStart = version === 1 ? 10 : 12
  if (bytes.byteLength < headerStart) throw new FormatError('npy', 'ends inside the header length', bytes.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dataStart = headerStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (dataStart - headerStart > LONGEST_HEADER) {
    throw new FormatError('npy', `a header of ${dataStart - headerStart} bytes`, 8)
  }
  if (dataStart > bytes.byteLength) throw new FormatError('npy', 'ends inside the header', bytes.byteLength)
  return { text: new TextDecoder().decode(bytes.subarray(headerStart, dataStart)), dataStart }
}

/** The header is a Python dict literal of three known keys: each is looked for, nothing else is understood. */
function parseHeader(text: string): { descr: string; fortran: boolean; dims: number[] } {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1]
  if (descr === undefined || fortran === undefined || shape === undefined) {
    throw new FormatError('npy', `header not understood: ${JSON.stringify(text.slice(0, 120))}`, 10)
  }
  const parts = shape.split(',').map((part) => part.trim())
  if (parts.at(-1) === '') parts.pop()
  const dims = parts.map(Number)
  if (dims.length > MOST_DIMS || ![...dims, sizeOf(dims) * 8].every(Number.isSafeInteger) || parts.includes('')) {
    throw new FormatError('npy', `shape (${shape}) is not one`, 10)
  }
  return { descr, fortran: fortran === 'True', dims }
}

function dtypeOf(descr: string): NpyDtype {
  const match = /^([<|=])(\w+)$/.exec(descr)
  const dtype = match?.[2]
  if (dtype === undefined || !Object.hasOwn(CONSTRUCTORS, dtype)) {
    throw new FormatError('npy', `dtype ${JSON.stringify(descr)} is not read`, 10)
  }
  return dtype as NpyDtype
}
