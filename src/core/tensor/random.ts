// Seeded noise, number for number that of torch.manual_seed(seed) and torch.randn on the CPU.

import { sizeOf, type Tensor } from './tensor.ts'

const STATE_SIZE = 624
const SHIFT_SIZE = 397
const TWO_PI = Math.fround(2 * Math.PI)

/** PyTorch switches from numbers drawn one by one to blocks of this many. */
const BLOCK = 16

/** The Mersenne twister MT19937 of Matsumoto and Nishimura (1998), seeded with 32 bits. */
class MersenneTwister {
  readonly #state = new Uint32Array(STATE_SIZE)
  #position = STATE_SIZE

  constructor(seed: number) {
    this.#state[0] = seed
    for (let i = 1; i < STATE_SIZE; i++) {
      const previous = this.#state[i - 1] ?? 0
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i
    }
  }

  /** The next 32 bits, as an unsigned integer. */
  next(): number {
    if (this.#position === STATE_SIZE) {
      this.#refill()
    }
    let bits = this.#state[this.#position++] ?? 0
    bits ^= bits >>> 11
    bits ^= (bits << 7) & 0x9d2c5680
    bits ^= (bits << 15) & 0xefc60000
    bits ^= bits >>> 18
    return bits >>> 0
  }

  #refill(): void {
    const state = this.#state
    for (let i = 0; i < STATE_SIZE; i++) {
      const high = state[i] ?? 0
      const low = state[(i + 1) % STATE_SIZE] ?? 0
      const mixed = (high & 0x80000000) | (low & 0x7fffffff)
      state[i] = (state[(i + SHIFT_SIZE) % STATE_SIZE] ?? 0) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
    }
    this.#position = 0
  }
}

/**
 * PyTorch's CPU generator. Consecutive draws follow one another as there, the second half of a pair kept between short
 * draws included. Float32 results agree with PyTorch's vectorised logarithm, sine and cosine to about 1e-6.
 */
export class TorchGenerator {
  readonly #engine: MersenneTwister
  #pending: number | null = null

  /**
   * @param seed an integer from 0 to 2^53 - 1; as in PyTorch's CPU generator only its low 32 bits count
   * @throws RangeError for any other number
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`seed: ${seed} is not an integer from 0 to 2^53 - 1`)
    }
    this.#engine = new MersenneTwister(seed % 2 ** 32)
  }

  /** Standard normal numbers, as torch.randn(dims) would draw them next. */
  randn(dims: readonly number[]): Tensor {
    const data = new Float32Array(sizeOf(dims))
    if (data.length < BLOCK) {
      for (let i = 0; i < data.length; i++) {
        data[i] = this.#normalDouble()
      }
    } else {
      this.#fillBlocks(data)
    }
    return { dims, data }
  }

  /** Box-Muller in float64, which makes two numbers at a time. */
  #normalDouble(): number {
    if (this.#pending !== null) {
      const value = this.#pending
      this.#pending = null
      return value
    }
    const angle = 2 * Math.PI * this.#uniformDouble()
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniformDouble()))
    this.#pending = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** All uniform numbers first, then Box-Muller in float32 block by block; a ragged end redraws the last whole block. */
  #fillBlocks(data: Float32Array): void {
    this.#fillUniform(data)
    for (let start = 0; start + BLOCK <= data.length; start += BLOCK) {
      transformBlock(data.subarray(start, start + BLOCK))
    }
    if (data.length % BLOCK !== 0) {
      const last = data.subarray(data.length - BLOCK)
      this.#fillUniform(last)
      transformBlock(last)
    }
  }

  #fillUniform(data: Float32Array): void {
    for (let i = 0; i < data.length; i++) {
      data[i] = (this.#engine.next() & 0xffffff) / 2 ** 24
    }
  }

  /** 53 bits out of 64: the first draw gives the high half. */
  #uniformDouble(): number {
    const high = this.#engine.next() & 0x1fffff
    return (high * 2 ** 32 + this.#engine.next()) / 2 ** 53
  }
}

/** Box-Muller over 16 uniform numbers in place: the first eight give radii, the last eight angles. */
function transformBlock(block: Float32Array): void {
  const half = BLOCK / 2
  for (let j = 0; j < half; j++) {
    const logarithm = Math.fround(Math.log(Math.fround(1 - (block[j] ?? 0))))
    const radius = Math.fround(Math.sqrt(-2 * logarithm))
    const angle = Math.fround(TWO_PI * (block[j + half] ?? 0))
    block[j] = radius * Math.fround(Math.cos(angle))
    block[j + half] = radius * Math.fround(Math.sin(angle))
  }
}
