// The inference runtime of the command lines: onnxruntime-node on the CPU.

import { InferenceSession as OrtSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { InferenceRuntime, InferenceSession } from '../src/core/pack/inference.ts'
import type { Tensor } from '../src/core/tensor/tensor.ts'

/** Tensors to feed: float32 ones, and int64 token ids. */
export type NodeFeeds = Readonly<
  Record<string, Tensor | { readonly dims: readonly number[]; readonly data: BigInt64Array }>
>

export interface NodeSession extends InferenceSession {
  readonly inputNames: readonly string[]
  run(feeds: NodeFeeds): Promise<Readonly<Record<string, Tensor>>>
}

/** Runs portable graphs in float32 where the pack has them. */
export function createNodeRuntime(): InferenceRuntime {
  return {
    variant: 'portable',
    dtype: 'fp32',
    createSession: ({ graph, externalData }) => createNodeSession(graph, externalData),
  }
}

/** A session over a graph in memory; external data is handed over by the names that the graph uses. */
export async function createNodeSession(
  graph: Uint8Array,
  externalData: readonly { readonly location: string; readonly data: Uint8Array | Blob }[] = [],
): Promise<NodeSession> {
  const files = await Promise.all(
    externalData.map(async ({ location, data }) => ({
      path: location,
      data: data instanceof Uint8Array ? data : new Uint8Array(await data.arrayBuffer()),
    })),
  )
  const session = await OrtSession.create(graph, { externalData: files, logSeverityLevel: 3 })
  return {
    inputNames: session.inputNames,
    run: async (feeds) => {
      const outputs = await session.run(
        Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toOrt(feed)])),
      )
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, fromOrt(name, value)]))
    },
    release: () => session.release(),
  }
}

function toOrt({ dims, data }: NodeFeeds[string]): OrtTensor {
  return data instanceof BigInt64Array
    ? new OrtTensor('int64', data, [...dims])
    : new OrtTensor('float32', data, [...dims])
}

function fromOrt(name: string, value: OrtTensor): Tensor {
  if (!(value.data instanceof Float32Array)) throw new TypeError(`${name}: the graph gives ${value.type}, not float32`)
  return { dims: value.dims, data: value.data }
}
