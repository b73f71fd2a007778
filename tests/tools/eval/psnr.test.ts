import { describe, expect, it } from 'vitest'
import { psnr } from '../../../tools/eval/psnr.ts'

const grey = (width: number, value: number) => ({ width, height: 2, data: new Uint8Array(6 * width).fill(value) })

describe('the peak signal-to-noise ratio', () => {
  it('is infinite for equal pictures, and 20 dB where every value is off by a tenth of the range', () => {
    expect(psnr(grey(3, 9), grey(3, 9))).toBe(Number.POSITIVE_INFINITY)
    expect(psnr({ ...grey(3, 0) }, grey(3, 25))).toBeCloseTo(20 * Math.log10(255 / 25), 9)
  })

  it('is refused for pictures of two sizes', () => {
    expect(() => psnr(grey(3, 0), grey(4, 0))).toThrow(RangeError)
  })
})
