// Runs a built graph in onnxruntime-node on seeded weights that lie in memory, and measures it against an expected tensor.

import ort from 'onnxruntime-node'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import type { WeightCatalog, WeightEntry } from '../../../src/core/onnx/weight-catalog.ts'
import { floatToHalfArray } from '../../../src/core/tensor/half.ts'
import { type Tensor, tensor } from '../../../src/core/tensor/tensor.ts'
import { seededWeight } from '../../../tools/seeded-weights.ts'

const LOCATION = 'weights.bin'

export type Shapes = Readonly<Record<string, readonly number[]>>

export interface SeededFile {
  readonly catalog: WeightCatalog
  readonly externalData: { path: string; data: Uint8Array }[]
}

/** One weight file with seeded values for every key. */
export function seededFile(shapes: Shapes, dtype: 'fp32' | 'fp16'): SeededFile {
  const entries = new Map<string, WeightEntry>()
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [key, dims] of Object.entries(shapes)) {
    const { data } = seededWeight(key, dims)
    const stored = dtype === 'fp16' ? floatToHalfArray(data) : data
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
    entries.set(key, { dims, location: LOCATION, offset, byteLength: bytes.byteLength })
    parts.push(bytes)
    offset += bytes.byteLength
  }
  const get = (key: string) => {
    const entry = entries.get(key)
    if (entry === undefined) throw new FormatError('checkpoint', `no ${key}`)
    return entry
  }
  return { catalog: { get }, externalData: [{ path: LOCATION, data: Buffer.concat(parts) }] }
}

export type Feeds = Readonly<Record<string, Tensor | BigInt64Array[]>>

/** The graph's only output. Rows of BigInts are an int64 input [rows, n]. */
export async function runGraph(
  graph: Uint8Array,
  feeds: Feeds,
  externalData: SeededFile['externalData'] = [],
): Promise<Tensor> {
  const session = await ort.InferenceSession.create(graph, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(externalData.length > 0 ? { externalData } : {}),
  })
  try {
    const outputs = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toOrt(feed)])),
    )
    const output = outputs[session.outputNames[0] ?? '']
    if (!(output?.data instanceof Float32Array)) throw new TypeError('the graph has no float32 output')
    return tensor(output.data, output.dims)
  } finally {
    await session.release()
  }
}

function toOrt(feed: Tensor | BigInt64Array[]): ort.Tensor {
  if (!Array.isArray(feed)) return new ort.Tensor('float32', feed.data, feed.dims)
  return new ort.Tensor('int64', BigInt64Array.from(feed.flatMap((row) => [...row])), [
    feed.length,
    feed[0]?.length ?? 0,
  ])
}

/** The length of the difference over the length of the expected values; infinite where the shapes differ. */
export function relativeError(actual: Tensor, expected: Tensor): number {
  if (actual.dims.join() !== expected.dims.join()) return Number.POSITIVE_INFINITY
  let difference = 0
  let length = 0
  for (const [i, value] of expected.data.entries()) {
    difference += (value - (actual.data[i] ?? Number.NaN)) ** 2
    length += value ** 2
  }
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.sqrt(difference / length)
}
