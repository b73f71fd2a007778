// Named tensors on disk, read one at a time: what a checkpoint and a safetensors file have in common.

export interface StoredTensor {
  readonly dims: readonly number[]
  /** The type on disk, in the format's own word. */
  readonly dtype: string
}

export interface TensorSource {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** One tensor's values, row-major, widened or rounded to float32; the caller owns them. Throws FormatError. */
  readFloats(name: string): Promise<Float32Array>
}
