import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { type NpyArray, npyFloats, parseNpy, writeNpy } from '../../../src/core/formats/npy.ts'
import { openNpz, writeNpz } from '../../../src/core/formats/npz.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
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
    ["'>f4'", '(1,)', 'dtype ">f4" is not read'],
    ["'|O'", '(1,)', 'dtype "|O" is not read'],
    ["'<f4x'", '(1,)', 'dtype "<f4x" is not read'],
    ["'<f4'", '(1e3,)', "header not understood: \"{'descr'"],
    ["'<f4'", '(99999999999999999999,)', 'shape (99999999999999999999,) is not one'],
    ["'<f4'", '(4503599627370496, 1)', 'shape (4503599627370496, 1) is not one'],
    ["'<f4'", '(1, , 1)', 'shape (1, , 1) is not one'],
    ["'<f4'", `(${'1, '.repeat(33)})`, `shape (${'1, '.repeat(33)}) is not one`],
    ["__import__('os').system('false')", '(1,)', 'header not understood: '],
    ["'constructor'", '(1,)', 'dtype "constructor" is not read'],
    ["'<constructor'", '(1,)', 'dtype "<constructor" is not read'],
  ])('refuses descr %s with shape %s', (descr, shape, words) => {
    const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`
    expect(() => parseNpy(npyOf(header, new Uint8Array(4)))).toThrow(`npy: ${words}`)
  })

  it.each(['fortran_order', 'shape'])('refuses a header without %s, and shows no more than its beginning', (key) => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }${' '.repeat(200)}`.replace(key, 'x')
    expect(() => parseNpy(npyOf(header, new Uint8Array(4)))).toThrow(
      `npy: header not understood: ${JSON.stringify(header.slice(0, 120))} (at byte 10)`,
    )
  })

  it.each([
    ['without spaces', "{'descr':'<i2','fortran_order':False,'shape':(2,)}"],
    ['with many', "{'descr'  :  '<i2', 'fortran_order'  :  False, 'shape'  :  ( 2 , ), }"],
    ['of as many dimensions as there may be', `{'descr':'<i2','fortran_order':False,'shape':(2,${'1,'.repeat(31)})}`],
    ['as long as one may be', "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }".padEnd(1 << 16)],
  ])('reads a header %s', (_, header) => {
    const array = parseNpy(npyOf(header, Uint8Array.of(1, 0, 2, 0), 2))
    expect(array.dims.slice(0, 1)).toEqual([2])
    expect(array.data).toEqual(Int16Array.of(1, 2))
  })

  it('says what an array of several dimensions lacks, and which order is not read', () => {
    const bytes = writeNpy({ dtype: 'f4', dims: [2, 3], data: new Float32Array(6) })
    expect(() => parseNpy(bytes.subarray(0, -4))).toThrow(
      'npy: [2, 3] of f4 needs 24 bytes, there are 20 (at byte 128)',
    )
    const fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"
    expect(() => parseNpy(npyOf(fortran, new Uint8Array(24)))).toThrow(
      /^npy: column-major order of \[2, 3\] is not read/,
    )
    expect(() => writeNpy({ dtype: 'f4', dims: [2, 3], data: new Float32Array(5) })).toThrow(
      'npy: 5 values do not fill [2, 3]',
    )
  })

  it('gives floats as they are, and whole numbers of 16 bits as numbers', () => {
    const floats = Float32Array.of(1, 2)
    expect(npyFloats({ dtype: 'f4', dims: [2], data: floats })).toBe(floats)
    expect(npyFloats({ dtype: 'u2', dims: [1], data: Uint16Array.of(0x3c00) })).toEqual(Float32Array.of(0x3c00))
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
    const mixed = [['readme.txt', new Uint8Array(1)] as const, ['a.npy', writeNpy(arrays[1] as NpyArray)] as const]
    expect((await openNpz(bytesSource(await writeZip(mixed)))).names).toEqual(['a'])
    await expect(archive.read('other')).rejects.toThrow(/^zip: has no entry "other.npy"/)
  })
})
