// The one tensor of the core: float32 numbers in row-major order with their dimensions.

export interface Tensor {
  /** Sizes, outermost first; a scalar has none. */
  readonly dims: readonly number[]
  /** Row-major values; its length is the product of `dims`. */
  readonly data: Float32Array
}

/** Wraps `data` (not copied) after checking that its length is the product of `dims`. */
export function tensor(data: Float32Array, dims: readonly number[]): Tensor {
  const size = sizeOf(dims)
  if (data.length !== size) {
    throw new RangeError(`tensor: ${data.length} values do not fill [${dims.join(', ')}], which holds ${size}`)
  }
  return { dims, data }
}

/** A tensor of zeros. */
export function zeros(dims: readonly number[]): Tensor {
  return { dims, data: new Float32Array(sizeOf(dims)) }
}

/** The number of values a tensor of these dimensions holds. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}
