// Writes checkpoints as torch.save lays them out, for tests.

import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { sizeOf, type Tensor } from '../../../src/core/tensor/tensor.ts'
import { dict, global, int, join, pickle, text, tuple } from './pickle-writer.ts'

export interface RecordOptions {
  readonly offset?: number
  readonly strides?: readonly number[]
  /** Elements of the storage. */
  readonly length?: number
  /** The storage's class, module and name. */
  readonly storage?: string
}

/** The pickle of one float32 tensor over the storage `key`. */
export function tensorRecord(key: string, dims: readonly number[], options: RecordOptions = {}): Uint8Array {
  const [module = '', name = ''] = (options.storage ?? 'torch.FloatStorage').split('.')
  const strides = options.strides ?? dims.map((_, axis) => sizeOf(dims.slice(axis + 1)))
  const length = int(options.length ?? sizeOf(dims))
  const storage = join(tuple(text('storage'), global(module, name), text(key), text('cpu'), length), 'Q')
  const sizes = [tuple(...dims.map(int)), tuple(...strides.map(int))]
  const hooks = join(global('collections', 'OrderedDict'), ')R')
  const items = tuple(storage, int(options.offset ?? 0), ...sizes, join('\x89'), hooks)
  return join(global('torch._utils', '_rebuild_tensor_v2'), items, 'R')
}

/** A checkpoint with these float32 tensors as its state_dict, and other pickled entries beside that. */
export function checkpointOf(
  tensors: ReadonlyMap<string, Tensor>,
  others: readonly (readonly [string, Uint8Array])[] = [],
): Promise<Uint8Array> {
  const list = [...tensors]
  const stateDict = dict(list.map(([name, { dims }], i) => [name, tensorRecord(String(i), dims)]))
  return writeZip([
    ['archive/data.pkl', pickle(dict([...others, ['state_dict', stateDict]]))],
    ...list.map(([, { data }], i) => {
      return [`archive/data/${i}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] as const
    }),
  ])
}
