// What may cross between the page and the parse worker, which reads files from strangers and can reach nothing else.

import type { Recipe } from '../core/diffusion/recipe.ts'

export interface NamedFile {
  /** The file's path in what was dropped or picked, with slashes: display text, never a key. */
  readonly path: string
  readonly file: Blob
}

export interface EmbeddingSummary {
  readonly name: string
  readonly rows: number
  readonly dim: number
}

export interface ParseJobs {
  /** The recipe that a PNG carries; null where there is none. */
  'read-recipe': { input: { readonly png: Blob }; event: never; output: { readonly recipe: Recipe | null } }
  /** Databases without pictures among the files: the RDM authors' .npz, zips of them, clip-retrieval's output. */
  'find-embeddings': {
    input: { readonly files: readonly NamedFile[]; readonly dim: number }
    event: never
    output: {
      readonly found: readonly EmbeddingSummary[]
      readonly refused: readonly { readonly name: string; readonly detail: string }[]
    }
  }
  /** The rows of one of them, by its place in `found`. What came before a failure is damaged too: drop it. */
  'read-embeddings': {
    input: { readonly files: readonly NamedFile[]; readonly dim: number; readonly index: number }
    event: {
      readonly items: readonly { readonly id: string; readonly caption: string }[]
      /** float16 bits, [items, dim], rows of unit length. */
      readonly embeddings: Uint16Array
    }
    output: { readonly rows: number; readonly withoutDirection: number }
  }
}
