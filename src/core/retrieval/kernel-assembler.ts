// Writes WebAssembly modules: the few sections and instructions that the search kernel is made of, byte by byte.
//
// Bytes are those of the WebAssembly core specification 2.0, chapter 5 (https://www.w3.org/TR/wasm-core-2/#binary-format).

/** Instructions as bytes. Operands come before their operation, so an expression is its operands' code and then its own. */
export type Code = readonly number[]

export interface KernelFunction {
  /** Under which the module exports it. */
  readonly name: string
  /** All of type i32; they are the first local variables. It returns nothing. */
  readonly parameters: number
  /** How many more local variables there are: those of type i32 follow the parameters, those of type v128 come last. */
  readonly locals: { readonly i32: number; readonly v128: number }
  readonly body: Code
}

const I32 = 0x7f
const V128 = 0x7b
const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

/** A module with one memory of a fixed number of 64 KiB pages, exported as `memory`, and the functions. */
export function assembleModule(pages: number, functions: readonly KernelFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...list(Array(parameters).fill([I32])), ...list([])])
  const names = functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)])
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list([run(locals.i32, I32), run(locals.v128, V128)]), ...body, 0x0b]
    return [...unsigned(code.length), ...code]
  })
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(5, list([[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, list([[...text('memory'), 0x02, 0x00], ...names])),
    ...section(10, list(bodies)),
  ])
}

export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)],
}

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  /** 1 where a is below b, both unsigned; else 0. */
  below: (a: Code, b: Code): Code => [...a, ...b, 0x49],
}

export const f32 = {
  add: (a: Code, b: Code): Code => [...a, ...b, 0x92],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0],
}

/** Sixteen bytes at once: as four float32 numbers, or as eight integers of 16 bits. */
export const v128 = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0), 4, ...unsigned(offset)],
  /** The same 16-bit integer eight times. */
  constant16: (value: number): Code => [
    ...simd(12),
    ...Array(8)
      .fill([value & 0xff, value >> 8])
      .flat(),
  ],
  /** The same float32 four times. */
  constantFloat: (value: number): Code => {
    const bytes = new Uint8Array(new Float32Array(4).fill(value).buffer)
    return [...simd(12), ...bytes]
  },
  and: (a: Code, b: Code): Code => [...a, ...b, ...simd(78)],
  /** Sixteen bytes picked out of 32: 0 to 15 are the bytes of `a`, 16 to 31 those of `b`. */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => [...a, ...b, ...simd(13), ...lanes],
}

export const i16x8 = {
  shiftLeft: (a: Code, bits: number): Code => [...a, ...i32.constant(bits), ...simd(139)],
  /** Copies of the sign come in from the left. */
  shiftRightSigned: (a: Code, bits: number): Code => [...a, ...i32.constant(bits), ...simd(140)],
}

export const f32x4 = {
  lane: (a: Code, lane: number): Code => [...a, ...simd(31), lane],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(228)],
  mul: (a: Code, b: Code): Code => [...a, ...b, ...simd(230)],
}

/** Runs the body, then runs it again as long as the condition is not 0. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b]
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)]
}

/** Locals of one type. */
function run(count: number, type: number): Code {
  return [...unsigned(count), type]
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content]
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function text(name: string): Code {
  const bytes = new TextEncoder().encode(name)
  return [...unsigned(bytes.length), ...bytes]
}

/** LEB128: seven bits a byte, lowest first, the eighth bit says that more follow. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** Signed LEB128: the second highest bit of the last byte is the sign. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
}
