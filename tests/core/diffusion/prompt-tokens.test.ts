// A prompt's tokens as the text tower takes them: padded with the end mark, or cut before it.

import { expect, it } from 'vitest'
import { fitTokens } from '../../../src/core/diffusion/prompt-tokens.ts'

it('pads a short prompt with the end mark', () => {
  expect(fitTokens([98, 5, 99], 6)).toEqual({ ids: [98, 5, 99, 99, 99, 99], cut: [] })
})

it('leaves a prompt that just fits as it is', () => {
  expect(fitTokens([98, 5, 6, 99], 4)).toEqual({ ids: [98, 5, 6, 99], cut: [] })
})

it('cuts a long prompt before its end mark and says what went', () => {
  expect(fitTokens([98, 1, 2, 3, 4, 99], 4)).toEqual({ ids: [98, 1, 2, 99], cut: [3, 4] })
})

it('refuses what has no start and end', () => {
  expect(() => fitTokens([99], 4)).toThrow(RangeError)
})
