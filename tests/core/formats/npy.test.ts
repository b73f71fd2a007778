import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { type NpyArray, npyFloats, parseNpy, writeNpy } from '../../../src/core/formats/npy.ts'
import { openNpz, writeNpz } from '../../../src/core/formats/npz.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'

const arrays: NpyArray[] = [
  { dtype: 'f2', dims: [2, 2], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff) },
  { dtype: 'f4', dims: [3], data: Float32Array.of(1.5, -2, 1e-38) },
  { dtype: 'f8', dims: [1, 2, 1], data: Float64Array.of(Math.PI, -0) },
  { dtype: 'i1', dims: [2], data: Int8Array.of(-128, 127) },
  { dtype: 'i4', dims: [], data: Int32Array.of(-7) },
  { dtype: 'i8', dims: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
  { dtype: 'u1', dims: [0, 3], data: new Uint8Array(0) },
  { dtype: 'b1', dims: [2], data: Uint8Array.of(1, 0) },
]

/** A file with a header of its own words. */
function npyOf(header: string, data: Uint8Array, version = 1): Uint8Array {
  const length = version === 1 ? Buffer.alloc(2) : Buffer.alloc(4)
  if (version === 1) length.writeUInt16LE(header.length)
  else length.writeUInt32LE(header.length)
  return new Uint8Array(
    Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]), length, Buffer.from(header), data]),
  )
}

describe('npy', () => {
  it.each(arrays)('reads back what it wrote: $dtype $dims', (array) => {
    expect(parseNpy(writeNpy(array))).toEqual(array)
  })

  it('puts the data at a multiple of 64 bytes', () => {
    for (const array of arrays) expect((writeNpy(array).length - array.data.byteLength) % 64).toBe(0)
  })

  it.each([2, 3])('reads version %d', (version) => {
    const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n"
    expect(parseNpy(npyOf(header, new Uint8Array(Int32Array.of(4, 5).buffer), version)).data).toEqual(
      Int32Array.of(4, 5),
    )
  })

  it('reads out of a Buffer that begins at an odd byte', () => {
    const bytes = writeNpy(arrays[1] as NpyArray)
    const shifted = Buffer.concat([Buffer.of(0), bytes]).subarray(1)
    expect(parseNpy(shifted)).toEqual(arrays[1])
  })

  it('gives every type as float32', () => {
    expect(npyFloats(arrays[0] as NpyArray)).toEqual(Float32Array.of(1, -2, 2 ** -24, 65504))
    expect(npyFloats(arrays[5] as NpyArray)).toEqual(Float32Array.of(-1, 2 ** 40))
    expect(npyFloats(arrays[2] as NpyArray)[0]).toBe(Math.fround(Math.PI))
  })

  it('takes column-major order of one dimension, and refuses it of two', () => {
    const header = (shape: string) => `{'descr': '|u1', 'fortran_order': True, 'shape': ${shape}, }\n`
    expect(parseNpy(npyOf(header('(1, 4)'), Uint8Array.of(1, 2, 3, 4))).dims).toEqual([1, 4])
    expect(() => parseNpy(npyOf(header('(2, 2)'), Uint8Array.of(1, 2, 3, 4)))).toThrow(/column-major/)
  })

  it.each([
    ["'>f4'", '(1,)'],
    ["'|O'", '(1,)'],
    ["'<f4'", '(1e3,)'],
    ["'<f4'", '(99999999999999999999,)'],
    ["__import__('os').system('false')", '(1,)'],
    ["'constructor'", '(1,)'],
  ])('refuses descr %s with shape %s', (descr, shape) => {
    const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`
    expect(() => parseNpy(npyOf(header, new Uint8Array(4)))).toThrow(/^npy: /)
  })

  it('answers every truncation with a FormatError, and survives every flip', async () => {
    for (const array of arrays.filter(({ data }) => data.length > 0)) {
      await expectTruncationErrors(writeNpy(array), parseNpy)
      await expectTypedErrorsOnFlips(writeNpy(array), parseNpy)
    }
  })
})

describe('npz', () => {
  it('reads back what it wrote', async () => {
    const archive = await openNpz(bytesSource(await writeNpz(new Map(arrays.map((array) => [array.dtype, array])))))
    expect(archive.names).toEqual(arrays.map(({ dtype }) => dtype))
    for (const array of arrays) expect(await archive.read(array.dtype)).toEqual(array)
    await expect(archive.read('other')).rejects.toThrow(/^zip: has no entry "other.npy"/)
  })
})
