// Reads the tensors of a PyTorch checkpoint (the zip that torch.save writes) lazily, one at a time, running none of it.
// Layout: PyTorch's caffe2/serialize/inline_container.h (folder/data.pkl, folder/data/<key>), torch/_utils.py.

import { sizeOf } from '../tensor/tensor.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeFloats, type ElementType } from './element-type.ts'
import { FormatError } from './format-error.ts'
import { isNatural } from './natural.ts'
import { PickleGlobal, PickleObject, PicklePersistent, PickleTuple, type PickleValue, parsePickle } from './pickle.ts'
import type { StoredTensor, TensorSource } from './tensor-source.ts'
import { openZip, type ZipArchive } from './zip.ts'

/** No tensor of a network has more dimensions. */
const MOST_DIMS = 16

/** Storage classes that are read, with the size of an element; any other name is refused. */
const STORAGES = {
  'torch.FloatStorage': { dtype: 'float32', size: 4 },
  'torch.HalfStorage': { dtype: 'float16', size: 2 },
  'torch.BFloat16Storage': { dtype: 'bfloat16', size: 2 },
  'torch.DoubleStorage': { dtype: 'float64', size: 8 },
  'torch.LongStorage': { dtype: 'int64', size: 8 },
  'torch.IntStorage': { dtype: 'int32', size: 4 },
  'torch.ShortStorage': { dtype: 'int16', size: 2 },
  'torch.CharStorage': { dtype: 'int8', size: 1 },
  'torch.ByteStorage': { dtype: 'uint8', size: 1 },
  'torch.BoolStorage': { dtype: 'bool', size: 1 },
} as const

/** A state_dict's entry: a strided view into a storage, as PyTorch keeps it. */
export interface TorchTensor extends StoredTensor {
  readonly dtype: ElementType
  /** Steps between neighbours along each dimension, in elements. */
  readonly strides: readonly number[]
  /** First element in the storage. */
  readonly offset: number
  /** The storage's zip entry, and its elements. */
  readonly storage: { readonly entry: string; readonly length: number; readonly elementSize: number }
}

export interface TorchCheckpoint extends TensorSource {
  readonly tensors: ReadonlyMap<string, TorchTensor>
}

/**
 * Opens a checkpoint: the tensors of its `state_dict`, or of the dict itself where it has none. Other entries, whatever
 * classes they name, stay inert and are ignored. Throws FormatError('checkpoint' | 'zip' | 'pickle', …).
 */
export async function openTorchCheckpoint(source: ByteSource): Promise<TorchCheckpoint> {
  await refuseLegacy(source)
  const zip = await openZip(source)
  const pickleName = [...zip.entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name))
  if (pickleName === undefined) throw new FormatError('checkpoint', 'no data.pkl: torch.save did not write this zip')
  const folder = pickleName.slice(0, -'data.pkl'.length)
  await refuseBigEndian(zip, folder)
  const stateDict = findStateDict(parsePickle(await zip.read(pickleName)))
  const tensors = new Map<string, TorchTensor>()
  for (const [name, value] of stateDict) {
    if (typeof name !== 'string') continue
    const tensor = describeTensor(name, value, folder)
    if (tensor !== null) tensors.set(name, checkExtent(name, tensor, zip))
  }
  if (tensors.size === 0) throw new FormatError('checkpoint', 'holds no tensors')
  return { tensors, readFloats: (name) => readFloats(zip, name, tensors.get(name)) }
}

async function refuseLegacy(source: ByteSource): Promise<void> {
  const [first, second] = await source.slice(0, Math.min(2, source.byteLength))
  if (first === 0x80 && second === 0x02) {
    throw new FormatError('checkpoint', 'written by PyTorch before 1.6; load it there and torch.save it again', 0)
  }
}

async function refuseBigEndian(zip: ZipArchive, folder: string): Promise<void> {
  const name = `${folder}byteorder`
  if (!zip.entries.has(name)) return
  const order = new TextDecoder().decode(await zip.read(name))
  if (order !== 'little') throw new FormatError('checkpoint', `byte order ${JSON.stringify(order)} is not read`)
}

function findStateDict(root: PickleValue): Map<PickleValue, PickleValue> {
  if (!(root instanceof Map)) throw new FormatError('checkpoint', 'is not a dict at its top')
  const inner = root.get('state_dict')
  return inner instanceof Map ? inner : root
}

/** Null for what is no tensor (a number, a nested dict); a FormatError for a tensor that cannot be read. */
function describeTensor(name: string, value: PickleValue, folder: string): TorchTensor | null {
  const outer = argumentsOf(value)
  const isParameter = outer?.callee === 'torch._utils._rebuild_parameter'
  const call = isParameter ? argumentsOf(outer.items[0] ?? null) : outer
  if (call?.callee !== 'torch._utils._rebuild_tensor_v2') return null
  const [storage, offset, size, stride] = call.items
  const id = storage instanceof PicklePersistent && storage.id instanceof PickleTuple ? storage.id.items : []
  const [tag, kind, key, , length] = id
  const known = kind instanceof PickleGlobal && Object.hasOwn(STORAGES, kind.name) ? kind.name : null
  if (known === null) {
    const found = kind instanceof PickleGlobal ? kind.name : 'nothing known'
    throw new FormatError('checkpoint', `${name}: stored as ${found}`)
  }
  const { dtype, size: elementSize } = STORAGES[known as keyof typeof STORAGES]
  const dims = naturals(size)
  const strides = naturals(stride)
  const usable = tag === 'storage' && typeof key === 'string' && isNatural(offset) && isNatural(length)
  if (!usable || !dims || !strides || dims.length !== strides.length) {
    throw new FormatError('checkpoint', `${name}: its tensor record is damaged`)
  }
  return { dtype, dims, strides, offset, storage: { entry: `${folder}data/${key}`, length, elementSize } }
}

function argumentsOf(value: PickleValue): { callee: string; items: readonly PickleValue[] } | null {
  if (!(value instanceof PickleObject) || !(value.callee instanceof PickleGlobal)) return null
  return value.args instanceof PickleTuple ? { callee: value.callee.name, items: value.args.items } : null
}

function naturals(value: PickleValue | undefined): readonly number[] | null {
  if (!(value instanceof PickleTuple) || value.items.length > MOST_DIMS) return null
  return value.items.every(isNatural) ? (value.items as readonly number[]) : null
}

function checkExtent(name: string, tensor: TorchTensor, zip: ZipArchive): TorchTensor {
  const { dims, strides, offset, storage } = tensor
  const count = sizeOf(dims)
  const last = count === 0 ? -1 : offset + dims.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), 0)
  const stored = zip.entries.get(storage.entry)
  if (stored === undefined) throw new FormatError('checkpoint', `${name}: its storage ${storage.entry} is missing`)
  // A stride of 0 repeats elements; expanding a few bytes to gigabytes is no checkpoint of ours.
  const isWhole = stored === storage.length * storage.elementSize
  if (!isWhole || !(last < storage.length) || !(count <= storage.length)) {
    throw new FormatError('checkpoint', `${name}: [${dims.join(', ')}] does not fit its storage of ${stored} bytes`)
  }
  return tensor
}

async function readFloats(zip: ZipArchive, name: string, tensor: TorchTensor | undefined): Promise<Float32Array> {
  if (!tensor) throw new FormatError('checkpoint', `has no tensor ${JSON.stringify(name)}`)
  const bytes = await zip.read(tensor.storage.entry)
  const values = decodeFloats(bytes, tensor.dtype)
  const count = sizeOf(tensor.dims)
  if (isContiguous(tensor)) {
    const whole = tensor.offset === 0 && count === values.length
    return whole ? values : values.slice(tensor.offset, tensor.offset + count)
  }
  return gather(values, tensor, count)
}

function isContiguous({ dims, strides }: TorchTensor): boolean {
  let step = 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (dims[axis] !== 1 && strides[axis] !== step) return false
    step *= dims[axis] ?? 1
  }
  return true
}

function gather(values: Float32Array, { dims, strides, offset }: TorchTensor, count: number): Float32Array {
  const out = new Float32Array(count)
  const index = dims.map(() => 0)
  let position = offset
  for (let i = 0; i < count; i++) {
    out[i] = values[position] ?? 0
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < (dims[axis] ?? 0)) {
        index[axis] = next
        position += stride
        break
      }
      position -= stride * (next - 1)
      index[axis] = 0
    }
  }
  return out
}
