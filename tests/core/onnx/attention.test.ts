// The two formulations of attention: the webgpu variant's fused operator computes what the portable one does.

import { expect, it } from 'vitest'
import { attend, batchOf } from '../../../src/core/onnx/attention.ts'
import { GraphBuilder, type GraphVariant } from '../../../src/core/onnx/graph-builder.ts'
import { makeGoldenInput } from '../golden.ts'
import { relativeError, runGraph } from './run-graph.ts'

const BATCH = 2
const SIZES = { channels: 64, heads: 2 }

function buildAttention(variant: GraphVariant): Uint8Array {
  const g = new GraphBuilder(null, { dtype: 'fp32', variant })
  const x = g.input('x', 'float32', ['batch', 1])
  const [q, k, v] = [
    g.input('q', 'float32', ['n', 64]),
    g.input('k', 'float32', ['m', 64]),
    g.input('v', 'float32', ['m', 64]),
  ]
  g.output('out', attend(g, 'attention', [q, k, v], batchOf(g, x), SIZES), ['n', 64])
  return g.build('attention')
}

it.each([
  [1, 1],
  [40, 20],
  [64, 64],
])('%i queries over %i keys give the same either way', async (n, m) => {
  const feeds = {
    x: makeGoldenInput('input.x', [BATCH, 1]),
    q: makeGoldenInput('input.q', [BATCH * n, 64]),
    k: makeGoldenInput('input.k', [BATCH * m, 64]),
    v: makeGoldenInput('input.v', [BATCH * m, 64]),
  }
  const plain = await runGraph(buildAttention('portable'), feeds)
  expect(relativeError(await runGraph(buildAttention('webgpu'), feeds), plain)).toBeLessThan(1e-5)
})
