// What a graph says of its inputs, and which of its free sizes tensors settle.

import { expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { GraphBuilder } from '../../../src/core/onnx/graph-builder.ts'
import { readGraphInputs, sizesOf } from '../../../src/core/onnx/graph-inputs.ts'

function model(): Uint8Array {
  const g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  const sample = g.input('sample', 'float32', ['batch', 16, 'height', 'width'])
  g.input('context', 'float32', ['batch', 'tokens', 192])
  g.output('eps', g.node('out', 'Add', [sample, g.constant('float32', [1])]), ['batch', 16, 'height', 'width'])
  return g.build('graph')
}

it('reads every input with its dimensions, free ones by name', () => {
  expect([...readGraphInputs(model())]).toEqual([
    ['sample', ['batch', 16, 'height', 'width']],
    ['context', ['batch', 'tokens', 192]],
  ])
})

it('throws a FormatError for a model cut off anywhere, or reads only whole inputs', () => {
  const whole = model()
  for (let length = 0; length < whole.length; length++) {
    try {
      for (const dims of readGraphInputs(whole.subarray(0, length)).values()) expect(dims.length).toBeGreaterThan(1)
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError)
    }
  }
})

it('finds the free sizes in the tensors', () => {
  const feeds = { sample: { dims: [2, 16, 8, 12] }, context: { dims: [2, 4, 192] } }
  expect(sizesOf(readGraphInputs(model()), feeds)).toEqual({ batch: 2, height: 8, width: 12, tokens: 4 })
})

it('refuses tensors that disagree about a size', () => {
  const feeds = { sample: { dims: [2, 16, 8, 12] }, context: { dims: [1, 4, 192] } }
  expect(() => sizesOf(readGraphInputs(model()), feeds)).toThrow(/context: its batch is 1, that of another input is 2/)
})
