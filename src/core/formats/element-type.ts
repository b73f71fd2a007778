// The number types of tensors on disk, by PyTorch's names, and their values as float32.

import { halfToFloatArray } from '../tensor/half.ts'

export type ElementType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

/** Little-endian elements as float32; float32 itself is a view of `bytes`. */
export function decodeFloats(bytes: Uint8Array, dtype: ElementType): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, byteLength / 4)
    case 'float16':
      return halfToFloatArray(new Uint16Array(buffer, byteOffset, byteLength / 2))
    case 'bfloat16': {
      const halves = new Uint16Array(buffer, byteOffset, byteLength / 2)
      return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer)
    }
    case 'float64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8))
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number)
    case 'int32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, byteLength / 4))
    case 'int16':
      return Float32Array.from(new Int16Array(buffer, byteOffset, byteLength / 2))
    case 'int8':
      return Float32Array.from(new Int8Array(buffer, byteOffset, byteLength))
    case 'uint8':
    case 'bool':
      return Float32Array.from(new Uint8Array(buffer, byteOffset, byteLength))
  }
}
