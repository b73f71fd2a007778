// What the core asks of an inference runtime: sessions over ONNX graphs whose weights are external data.

import type { FreeSizes } from '../onnx/graph-inputs.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { PackParser } from './pack-parser.ts'

export interface InferenceSession {
  /** Runs the graph on float32 tensors by input name; returns its outputs by name. Calls on one runtime never overlap. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
  /** Frees the session's memory; it cannot run afterwards. */
  release(): Promise<void>
}

export interface GraphFiles {
  readonly graph: Uint8Array
  /** External data by the location that the graph names. A Blob is read without a second copy where the runtime can. */
  readonly externalData: readonly { readonly location: string; readonly data: Uint8Array | Blob }[]
  /** What the graph's free dimensions will most likely be, by name: a runtime that fixes them begins with these. */
  readonly likely: FreeSizes
}

export interface InferenceRuntime {
  /** Which graphs to prefer. */
  readonly variant: 'portable' | 'webgpu'
  readonly dtype: 'fp32' | 'fp16'
  createSession(files: GraphFiles): Promise<InferenceSession>
}

/** Where a pack's files come from: a folder, the network, OPFS. */
export interface PackFiles<Parser = PackParser> {
  /** A whole file by its path inside the pack; rejects with FormatError('pack', …) where it is missing. */
  read(path: string): Promise<Uint8Array>
  /** A whole file by reference, for runtimes that read it without a second copy; only where files were verified beforehand. */
  blob?(path: string): Promise<Blob>
  /** What parses them: it follows from whose they are. */
  readonly parser: Parser
}
