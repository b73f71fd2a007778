// What may cross to the parse worker of an installed pack's files. Bytes go and come back without being copied.

import type { SafetensorsTensor } from '../core/formats/safetensors.ts'
import type { PackManifest } from '../core/pack/manifest.ts'

/** All fail with 'invalid-input' for what is not what it should be. A pack's style databases are archives. */
export interface PackParseJobs {
  'read-manifest': {
    input: { readonly bytes: Uint8Array }
    event: never
    output: { readonly manifest: PackManifest }
  }
  'check-graph': {
    input: { readonly graph: Uint8Array; readonly locations: readonly string[] }
    event: never
    output: { readonly graph: Uint8Array }
  }
  'check-clip-file': {
    input: { readonly path: string; readonly bytes: Uint8Array }
    event: never
    output: { readonly bytes: Uint8Array }
  }
  'read-tensors': {
    input: { readonly shard: Uint8Array }
    event: never
    output: { readonly shard: Uint8Array; readonly tensors: ReadonlyMap<string, SafetensorsTensor> }
  }
  /** WebP bytes by style, of those that have a cover. */
  'read-covers': {
    input: { readonly zip: Uint8Array; readonly ids: readonly string[] }
    event: never
    output: { readonly covers: readonly (readonly [id: string, bytes: Uint8Array])[] }
  }
}
