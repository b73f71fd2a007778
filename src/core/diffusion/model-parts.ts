// What the diffusion loop needs of a model, as small interfaces; the platform implements them over ONNX Runtime.

import type { Tensor } from '../tensor/tensor.ts'

export interface PromptEmbedding {
  /** CLIP's pooled and projected text embedding, unit length, [dim]. */
  readonly embedding: Float32Array
  /** Tokens of the whole prompt, start and end marks included, before any cut. */
  readonly tokenCount: number
  /** The longest sequence the text tower takes; a longer prompt was cut to it. */
  readonly maxTokens: number
  /** The end of the prompt that did not fit, as text; empty where all of it fitted. */
  readonly cutText: string
}

export interface TextEncoder {
  encodeText(prompt: string): Promise<PromptEmbedding>
}

export interface ImageEncoder {
  /**
   * @param images unstyled RGB pixels
   * @returns unit-length embeddings, one for each image, [dim]
   */
  encodeImages(images: readonly RgbImage[]): Promise<Float32Array[]>
}

/** Interleaved 8-bit RGB, width * height * 3 bytes. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray
}

/** The U-Net. */
export interface Denoiser {
  /**
   * Predicts the noise in `latents` at an integer timestep (0..999).
   * @param latents [batch, channels, height / 16, width / 16]
   * @param context [batch, tokens, dim]
   * @returns eps, of the latents' shape
   */
  predictNoise(latents: Tensor, timestep: number, context: Tensor): Promise<Tensor>
}

/** The decoding half of the autoencoder. */
export interface Decoder {
  /**
   * @param latents [1, channels, h, w] as the sampler leaves them; the decoder divides by the scale factor itself
   * @returns [1, 3, 16 h, 16 w], nominally in -1..1, not clamped
   */
  decodeLatents(latents: Tensor): Promise<Tensor>
}

export interface Neighbour {
  /** Row in the index that found it. */
  readonly row: number
  /** The row's stable name inside its database. */
  readonly id: string
  /** Cosine similarity to the query, -1..1. */
  readonly score: number
  /** Where several databases are searched as one: which of them it lies in, and in which row there. */
  readonly origin?: { readonly databaseId: string; readonly row: number }
}

export interface SearchOptions {
  /**
   * Called every few milliseconds of a long search and waited for, so that others get a turn: a task, not a microtask. A search
   * ends with what it rejects with.
   */
  readonly pause?: () => Promise<void>
}

/** A style database as the loop sees it. */
export interface NeighbourIndex {
  readonly dim: number
  readonly rows: number
  /** The k nearest rows by cosine, best first, ties by row; fewer where the database is smaller. */
  search(query: Float32Array, k: number, options?: SearchOptions): Promise<readonly Neighbour[]>
  /** A row's embedding as stored, scaled to unit length, [dim]. Rejects with RangeError where there is no such row. */
  embedding(row: number): Promise<Float32Array>
}

/** Everything the loop runs on. The text encoder and index are absent where the context is given. */
export interface ModelParts {
  readonly denoiser: Denoiser
  readonly decoder: Decoder
  readonly latentChannels: number
  readonly contextDim: number
  /** ᾱ for each of the training timesteps, float32. */
  readonly alphasCumprod: Float32Array
}
