// Float16 as bit patterns: JavaScript has no half-precision array that every browser knows.

let halfValues: Float32Array | null = null

/** Float32 values as float16 bits: rounded to nearest, ties to even, subnormals kept, infinity from 65520 on, NaN stays NaN. */
export function floatToHalfArray(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) {
    halves[i] = roundToHalf(bits[i] ?? 0)
  }
  return halves
}

/** Float16 bits as float32 values, exactly. */
export function halfToFloatArray(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = listHalfValues()
  const values = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    values[i] = table[halves[i] ?? 0] ?? 0
  }
  return values
}

/** The value of each of the 65536 bit patterns, made at the first call and shared: not to be written to. */
export function listHalfValues(): Float32Array {
  if (halfValues === null) {
    const bits = new Uint32Array(2 ** 16)
    for (let half = 0; half < bits.length; half++) {
      bits[half] = widenHalf(half)
    }
    halfValues = new Float32Array(bits.buffer)
  }
  return halfValues
}

/** Float32 bits to float16 bits: 8 bits of exponent biased by 127 to 5 biased by 15, 23 of mantissa to 10. */
function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00
  }
  if (magnitude >= 0x477ff000) {
    return sign | 0x7c00 // 65520 and above, the midpoint between the largest half and what would follow it
  }
  if (magnitude >= 0x38800000) {
    return sign | roundShift(magnitude - 0x38000000, 13) // normal; a carry out of the mantissa raises the exponent, rightly
  }
  if (magnitude < 0x33000000) {
    return sign // below 2^-25, half of the smallest subnormal
  }
  const mantissa = (magnitude & 0x7fffff) | 0x800000
  return sign | roundShift(mantissa, 126 - (magnitude >>> 23))
}

/** Drops the lowest `shift` bits, rounding to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const kept = value >>> shift
  const dropped = value & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return dropped > middle || (dropped === middle && kept & 1) ? kept + 1 : kept
}

function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0x1f) {
    return sign | 0x7f800000 | (mantissa << 13)
  }
  if (exponent !== 0) {
    return sign | ((exponent + 112) << 23) | (mantissa << 13)
  }
  if (mantissa === 0) {
    return sign
  }
  const shift = Math.clz32(mantissa) - 21
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)
}
