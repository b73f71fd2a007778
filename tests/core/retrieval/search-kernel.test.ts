// The kernel's numbers against the order of summation that it states, and against float64.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { findSearchKernel, kernelError, type SearchKernel } from '../../../src/core/retrieval/search-kernel.ts'
import { floatToHalfArray, halfToFloatArray, listHalfValues } from '../../../src/core/tensor/half.ts'
import { makeGoldenInput } from '../golden.ts'

function requireKernel(): SearchKernel {
  const kernel = findSearchKernel()
  if (kernel === null) throw new Error('this Node runs no WebAssembly vectors')
  return kernel
}

const kernel = requireKernel()

/** The sum in the order that kernel-code.ts states, each step rounded to float32. */
function sumAsStated(row: Float32Array, query: Float32Array): number {
  const { fround } = Math
  const sums = new Float32Array(8)
  for (const [column, value] of row.entries()) {
    sums[column % 8] = fround((sums[column % 8] ?? 0) + fround(value * (query[column] ?? 0)))
  }
  const [t0, t1, t2, t3] = [0, 1, 2, 3].map((i) => fround((sums[i] ?? 0) + (sums[i + 4] ?? 0)))
  return fround(fround((t0 ?? 0) + (t1 ?? 0)) + fround((t2 ?? 0) + (t3 ?? 0)))
}

describe.each([1, 2, 3, 7, 8, 9, 31, 192, 768, 1000])('rows of %i numbers', (dim) => {
  const count = Math.min(13, kernel.capacity(dim))
  const floats = makeGoldenInput(`kernel.rows.${dim}`, [count, dim]).data
  const query = makeGoldenInput(`kernel.query.${dim}`, [dim]).data
  const halves = floatToHalfArray(floats)
  const rowsOf = (values: Float32Array) =>
    Array.from({ length: count }, (_, row) => values.subarray(row * dim, (row + 1) * dim))

  test.each([
    { storage: 'float32', rows: floats, values: floats },
    { storage: 'float16', rows: halves, values: halfToFloatArray(halves) },
  ])('of $storage are multiplied in the order that is stated', ({ rows, values }) => {
    const expected = rowsOf(values)
    expect([...kernel.products(rows, query)]).toEqual(expected.map((row) => sumAsStated(row, query)))
    expect([...kernel.squares(rows, dim)]).toEqual(expected.map((row) => sumAsStated(row, row)))
  })

  test('are not touched by what another search left behind', () => {
    const before = [...kernel.products(floats, query)]
    kernel.products(new Float32Array(16 * 24).fill(Number.NaN), new Float32Array(24).fill(Number.NaN))
    kernel.products(new Uint16Array(16 * 24).fill(0xffff), new Float32Array(24).fill(Number.NaN))
    expect([...kernel.products(floats, query)]).toEqual(before)
  })
})

test('every finite float16 number is read exactly, subnormal ones included', () => {
  const finite = Uint16Array.from({ length: 2 ** 16 }, (_, half) => half).filter((half) => (half & 0x7c00) !== 0x7c00)
  const values = listHalfValues()
  const capacity = kernel.capacity(1)
  const read: number[] = []
  for (let start = 0; start < finite.length; start += capacity) {
    read.push(...kernel.products(finite.subarray(start, start + capacity), Float32Array.of(1)))
  }
  // A sum that starts from zero has no negative zero: adding zero to the expected value takes its sign, too.
  expect(read).toEqual(Array.from(finite, (half) => (values[half] ?? 0) + 0))
})

test('cosines made of its numbers are within the stated error', () => {
  for (const dim of [1, 5, 64, 768, 4096]) {
    const row = makeGoldenInput(`kernel.error.${dim}`, [dim]).data.map((value) => value ** 5 * 1e-3)
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    const query = row.map((value) => value / length)
    const exact = row.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0) / length
    const product = kernel.products(row, query)[0] ?? 0
    const square = kernel.squares(row, dim)[0] ?? 0
    expect(Math.abs(Math.fround(1 / Math.sqrt(square)) * product - exact)).toBeLessThan(kernelError(dim))
  }
  expect(kernelError(768)).toBeLessThan(2e-5)
})

test('as many rows as it takes are multiplied, whatever their length', () => {
  for (const dim of [1, 3, 768, 16_384]) {
    const capacity = kernel.capacity(dim)
    expect(capacity).toBeGreaterThan(0)
    const products = kernel.products(new Float32Array(capacity * dim).fill(1), new Float32Array(dim).fill(1))
    expect(products.length).toBe(capacity)
    expect(products.every((product) => product === dim)).toBe(true)
  }
  expect(kernel.capacity(16_385)).toBe(0)
})

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  test.each([
    [
      'the runtime refuses the module',
      {
        Module: class {
          constructor() {
            throw new WebAssembly.CompileError('no vectors')
          }
        },
      },
    ],
    ['there is none at all', undefined],
  ])('there is no kernel where %s', async (_, stand) => {
    vi.resetModules()
    vi.stubGlobal('WebAssembly', stand)
    const fresh = await import('../../../src/core/retrieval/search-kernel.ts')
    expect(fresh.findSearchKernel()).toBeNull()
  })
})
