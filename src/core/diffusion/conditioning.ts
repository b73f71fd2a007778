// What the denoiser attends to: the prompt's embedding followed by its neighbours', each of unit length.

import { type Tensor, tensor, zeros } from '../tensor/tensor.ts'

/**
 * The context [1, 1 + k, dim]: text first, then neighbours in the order given, best first (latent-diffusion,
 * scripts/knn2img.py). Every vector is copied and scaled to unit length.
 *
 * @throws RangeError where a vector is of another length than the text's, or has no direction
 */
export function createContext(text: Float32Array, neighbours: readonly Float32Array[]): Tensor {
  const dim = text.length
  const data = new Float32Array((1 + neighbours.length) * dim)
  for (const [token, vector] of [text, ...neighbours].entries()) {
    if (vector.length !== dim) {
      throw new RangeError(`context: vector ${token} has ${vector.length} numbers, the text's has ${dim}`)
    }
    data.set(scaleToUnit(vector, `context: vector ${token}`), token * dim)
  }
  return tensor(data, [1, 1 + neighbours.length, dim])
}

/** The unconditional context: zeros of the same shape, so that both fit one batch. */
export function createUnconditionalContext(context: Tensor): Tensor {
  return zeros(context.dims)
}

/** Two contexts [1, tokens, dim] as one batch [2, tokens, dim]. */
export function stackContexts(first: Tensor, second: Tensor): Tensor {
  const data = new Float32Array(first.data.length + second.data.length)
  data.set(first.data)
  data.set(second.data, first.data.length)
  return tensor(data, [2, ...first.dims.slice(1)])
}

/**
 * A copy of the vector at length one.
 *
 * @param label how the error names it
 * @throws RangeError where its length is zero or not finite
 */
export function scaleToUnit(vector: Float32Array, label: string): Float32Array {
  const length = Math.hypot(...vector)
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${label} has no direction: its length is ${length}`)
  }
  return vector.map((value) => value / length)
}
