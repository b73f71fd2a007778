// The search kernel's program: products of many rows with one query, in WebAssembly's vectors of four float32 numbers.

import {
  assembleModule,
  type Code,
  f32,
  f32x4,
  i16x8,
  i32,
  type KernelFunction,
  local,
  repeatWhile,
  v128,
} from './kernel-assembler.ts'

/** Rows are taken in groups of this many, so that each part of the query is loaded once for all of them. */
export const ROWS_AT_ONCE = 4

/** A row in memory is a multiple of this many numbers long; those beyond its own are zero. */
export const COLUMNS_AT_ONCE = 8

/**
 * The kernel reads a float16 number as 2^-112 of its value; what it is multiplied with must be 2^112 of its value.
 *
 * Float16's exponent is biased by 15 and float32's by 127: where bits are only moved to where float32 has them, the number
 * lacks the difference. Scaling by a power of two is exact, so the products are those of the values themselves. This holds for
 * float16's subnormal numbers too, which become subnormal in float32. Only infinities and NaN are lost: they are read as 2^-112
 * of 65,536 and more.
 */
export const HALF_SCALE = 2 ** 112

// Local variables. The first six are the parameters.
const ROWS = 0
const ROWS_END = 1
const ROW_BYTES = 2
const QUERY = 3
const QUERY_END = 4
const SUMS = 5
const COLUMN = 6
const ADDRESSES = [7, 8, 9, 10] as const
const LEFT_SUMS = [11, 12, 13, 14] as const
const RIGHT_SUMS = [15, 16, 17, 18] as const
const LEFT_QUERY = 19
const RIGHT_QUERY = 20
const UPPER = 21
const LOWER = 22
const VALUES = 23
const LOCALS = { i32: 5, v128: 13 }

const VECTOR_BYTES = 16
const FLOAT_BYTES = 4

/**
 * The module. Each of its functions takes (rows, end of the rows, bytes from row to row, query, end of the query, sums): addresses
 * in `memory`, of which the rows' and the query's are multiples of 16. It writes one float32 a row, for whole groups of rows.
 *
 * - `floatProducts`, `halfProducts`: the row times the query, which is float32; for float16 rows it is scaled by HALF_SCALE
 * - `floatSquares`, `halfSquares`: the row times itself; the query only says by its size how long a row is
 *
 * Order of summation: the product of column c, rounded to float32, is added to sum c mod 8, columns ascending. Sums s0 to s7
 * make t(i) = s(i) + s(i + 4), and those ((t0 + t1) + (t2 + t3)). It does not depend on where a row lies.
 */
export function assembleKernel(pages: number): Uint8Array<ArrayBuffer> {
  return assembleModule(pages, [
    sumProducts('floatProducts', FLOATS, addTimesQuery),
    sumProducts('halfProducts', HALVES, addTimesQuery),
    sumProducts('floatSquares', FLOATS, addSquare(1)),
    sumProducts('halfSquares', HALVES, addSquare(HALF_SCALE)),
  ])
}

/** How eight numbers of a row become two vectors. */
interface Storage {
  readonly bytes: number
  /** Runs before either vector is read. */
  prepare(address: number): Code
  left(address: number): Code
  right(address: number): Code
}

const FLOATS: Storage = {
  bytes: 4,
  prepare: () => [],
  left: (address) => v128.load(local.get(address), 0),
  right: (address) => v128.load(local.get(address), VECTOR_BYTES),
}

/** Integers of 16 bits taken from two vectors in turn, two bytes each: the first four of both, and the last four. */
const FIRST_FOUR = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23]
const LAST_FOUR = FIRST_FOUR.map((byte) => byte + 8)

/**
 * From s eeeee mmmmmmmmmm to s 000eeeee mmmmmmm and mmm0000000000000: the upper half of the float32 number is the float16
 * number shifted right by three, less the copies of its sign, and the lower half is the number shifted left by 13.
 */
const HALVES: Storage = {
  bytes: 2,
  prepare: (address) => [
    ...local.set(VALUES, v128.load(local.get(address), 0)),
    ...local.set(UPPER, v128.and(i16x8.shiftRightSigned(local.get(VALUES), 3), v128.constant16(0x8fff))),
    ...local.set(LOWER, i16x8.shiftLeft(local.get(VALUES), 13)),
  ],
  left: () => v128.shuffle(local.get(LOWER), local.get(UPPER), FIRST_FOUR),
  right: () => v128.shuffle(local.get(LOWER), local.get(UPPER), LAST_FOUR),
}

/** Code that multiplies a vector of a row with what it is to be multiplied with, and adds the products to the sums. */
type AddProducts = (sums: number, values: Code, query: number) => Code

const addTimesQuery: AddProducts = (sums, values, query) =>
  local.set(sums, f32x4.add(local.get(sums), f32x4.mul(values, local.get(query))))

function addSquare(scale: number): AddProducts {
  return (sums, values) => [
    ...local.set(VALUES, scale === 1 ? values : f32x4.mul(values, v128.constantFloat(scale))),
    ...local.set(sums, f32x4.add(local.get(sums), f32x4.mul(local.get(VALUES), local.get(VALUES)))),
  ]
}

function sumProducts(name: string, storage: Storage, addProducts: AddProducts): KernelFunction {
  const eachRow = (code: (row: number) => Code): Code => [0, 1, 2, 3].flatMap(code)
  const advance = (variable: number, bytes: number) =>
    local.set(variable, i32.add(local.get(variable), i32.constant(bytes)))

  const column: Code = [
    ...local.set(LEFT_QUERY, v128.load(local.get(COLUMN), 0)),
    ...local.set(RIGHT_QUERY, v128.load(local.get(COLUMN), VECTOR_BYTES)),
    ...eachRow((row) => [
      ...storage.prepare(at(ADDRESSES, row)),
      ...addProducts(at(LEFT_SUMS, row), storage.left(at(ADDRESSES, row)), LEFT_QUERY),
      ...addProducts(at(RIGHT_SUMS, row), storage.right(at(ADDRESSES, row)), RIGHT_QUERY),
      ...advance(at(ADDRESSES, row), COLUMNS_AT_ONCE * storage.bytes),
    ]),
    ...advance(COLUMN, COLUMNS_AT_ONCE * FLOAT_BYTES),
  ]
  const group: Code = [
    ...eachRow((row) => [
      ...local.set(at(ADDRESSES, row), local.get(ROWS)),
      ...local.set(ROWS, i32.add(local.get(ROWS), local.get(ROW_BYTES))),
      ...local.set(at(LEFT_SUMS, row), v128.constantFloat(0)),
      ...local.set(at(RIGHT_SUMS, row), v128.constantFloat(0)),
    ]),
    ...local.set(COLUMN, local.get(QUERY)),
    ...repeatWhile(column, i32.below(local.get(COLUMN), local.get(QUERY_END))),
    ...eachRow((row) => [
      ...local.set(VALUES, f32x4.add(local.get(at(LEFT_SUMS, row)), local.get(at(RIGHT_SUMS, row)))),
      ...f32.store(local.get(SUMS), addLanes(local.get(VALUES))),
      ...advance(SUMS, FLOAT_BYTES),
    ]),
  ]
  const body = repeatWhile(group, i32.below(local.get(ROWS), local.get(ROWS_END)))
  return { name, parameters: 6, locals: LOCALS, body }
}

function addLanes(vector: Code): Code {
  const pair = (first: number, second: number) => f32.add(f32x4.lane(vector, first), f32x4.lane(vector, second))
  return f32.add(pair(0, 1), pair(2, 3))
}

function at(variables: readonly [number, number, number, number], row: number): number {
  return variables[row] ?? variables[0]
}
