// Whether a machine can run a pack, told from pack.json alone: a model that cannot run is refused before it is fetched.

import { CLIP_TOWERS } from './clip-folder.ts'
import type { PackManifest } from './manifest.ts'

/** What the app would run the pack on. */
export interface Machine {
  /** Null where it would run on the processor. */
  readonly gpu: { readonly hasHalfFloats: boolean; readonly maxBufferBytes: number } | null
  /** Null where the browser does not tell, or only tells a lower bound. */
  readonly memoryBytes: number | null
}

/** The first thing that is missing. */
export type Lack =
  | { readonly what: 'memory' | 'wasm-memory' | 'gpu-buffer'; readonly needed: number; readonly has: number }
  | { readonly what: 'half-floats' }

/** All that a wasm instance can address. */
const WASM_BYTES = 2 ** 32

/**
 * Null where nothing speaks against it. Counts the weights alone, so that only what cannot work is refused: activations come
 * on top.
 */
export function findLack(manifest: PackManifest, machine: Machine): Lack | null {
  const { elements, largestTensor } = weightsOf(manifest)
  const has = (dtype: 'fp32' | 'fp16') => manifest.denoiser.graphs.some((graph) => graph.dtype === dtype)
  const { gpu } = machine
  if (gpu !== null && !gpu.hasHalfFloats && !has('fp32')) return { what: 'half-floats' }
  // The processor computes in float32, whatever the graph says.
  const bytes = gpu?.hasHalfFloats && has('fp16') ? 2 : 4
  const clip = manifest.files[`${manifest.clip?.folder}/${CLIP_TOWERS.text}`]?.byteLength ?? 0
  const needed = elements * bytes + clip
  if (machine.memoryBytes !== null && needed > machine.memoryBytes) {
    return { what: 'memory', needed, has: machine.memoryBytes }
  }
  if (gpu === null) return needed > WASM_BYTES ? { what: 'wasm-memory', needed, has: WASM_BYTES } : null
  const buffer = largestTensor * bytes
  return buffer > gpu.maxBufferBytes ? { what: 'gpu-buffer', needed: buffer, has: gpu.maxBufferBytes } : null
}

/** As pack.json says; where it does not, from the lengths of the shards. */
function weightsOf({ weights, denoiser, decoder, files }: PackManifest): { elements: number; largestTensor: number } {
  if (weights !== undefined) return weights
  let elements = 0
  for (const { shards, storage } of [denoiser, decoder]) {
    for (const shard of shards) elements += (files[shard]?.byteLength ?? 0) / { fp32: 4, fp16: 2, int8: 1 }[storage]
  }
  return { elements, largestTensor: 0 }
}
