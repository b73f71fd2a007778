// Graphs from strangers: what runs in a straight line over the pack's own files is let through, and nothing else is.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { checkGraph } from '../../../src/core/onnx/check-graph.ts'
import { parsePackManifest } from '../../../src/core/pack/manifest.ts'
import { expectTypedErrorsOnFlips } from '../formats/damage.ts'
import { attribute, graph, message, node, weights } from './graph-writer.ts'

const PACK = resolve(import.meta.dirname, '../../../public/packs/kindred-mini')

const add = node('Add')

describe('a graph from a stranger', () => {
  it.each([
    [
      'of plain operators',
      graph([1, add], [1, node('Gemm', [[7, 'ai.onnx']])], [1, node('Gelu', [[7, 'com.microsoft']])]),
    ],
    ['with weights in a file of the pack', graph([1, add], [5, weights('a.safetensors')])],
  ])('is let through: %s', (_, model) => {
    expect(() => checkGraph(model, new Set(['a.safetensors']))).not.toThrow()
  })

  it.each([
    ['with a loop', graph([1, node('Loop', [[5, attribute(6, message([[1, add]]))]])])],
    ['with a list of graphs', graph([1, node('If', [[5, attribute(11, message([[1, add]]))]])])],
    ['with a domain of its own', graph([1, node('Run', [[7, 'elsewhere']])])],
    [
      'with functions',
      message([
        [7, message([[1, add]])],
        [25, message([[1, 'f']])],
      ]),
    ],
    [
      'with a graph for training',
      message([
        [7, message([[1, add]])],
        [20, message([])],
      ]),
    ],
    ['with sparse weights', graph([1, add], [15, message([])])],
    ['with weights outside of the pack', graph([1, add], [5, weights('../../secret')])],
    ['with a constant outside of the pack', graph([1, node('Constant', [[5, attribute(5, weights('/etc/passwd'))]])])],
    ['without an operator', graph()],
    ['of fifty thousand operators and one', graph(...Array.from({ length: 50_001 }, () => [1, add] as const))],
    ['that is no message', new TextEncoder().encode('<html>not a model</html>')],
  ])('is refused: %s', (_, model) => {
    expect(() => checkGraph(model, new Set())).toThrow(FormatError)
  })

  it('is answered with a FormatError or let through, wherever it is cut or flipped', async () => {
    const model = graph([1, add], [5, weights('a')], [1, node('Gemm', [[7, 'ai.onnx']])])
    const read = async (bytes: Uint8Array) => checkGraph(bytes, new Set(['a']))
    await expectTypedErrorsOnFlips(model, read)
    for (let end = 0; end < model.length; end++) {
      await read(model.subarray(0, end)).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError))
    }
  })
})

it('every graph of the built-in pack is let through', () => {
  const manifest = parsePackManifest(readFileSync(join(PACK, 'pack.json'), 'utf8'))
  const graphs = [...manifest.denoiser.graphs, ...manifest.decoder.graphs]
  for (const { file, externalData } of graphs) {
    checkGraph(readFileSync(join(PACK, file)), new Set(externalData.map(({ location }) => location)))
  }
  const towers = readdirSync(join(PACK, 'clip/onnx'))
  for (const name of towers) checkGraph(readFileSync(join(PACK, 'clip/onnx', name)), new Set())
  expect(graphs.length + towers.length).toBeGreaterThan(4)
})
