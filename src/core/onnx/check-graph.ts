// Looks through a stranger's ONNX graph before a runtime gets it: operators in a straight line, over files that are the pack's own.

import { BinaryReader } from '@bufbuild/protobuf/wire'
import { FormatError } from '../formats/format-error.ts'
import { fields } from './wire-fields.ts'

/** The authors' U-Net has some four thousand. */
const MOST_NODES = 50_000
const DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx', 'com.microsoft'])

/**
 * Throws FormatError('onnx', …) for bytes that are no model, and for a model that could run without end or reach elsewhere: with
 * loops or branches (attributes that are graphs), functions of its own, operators of other domains, sparse weights, or
 * weights in files that `locations` does not name.
 */
export function checkGraph(model: Uint8Array, locations: ReadonlySet<string>): void {
  let nodes = 0
  for (const [field, value] of parts(model)) {
    if (field === 25) throw new FormatError('onnx', 'has functions of its own')
    if (field === 20) throw new FormatError('onnx', 'has a graph for training')
    if (field !== 7) continue
    for (const [part, bytes] of parts(value)) {
      if (part === 15) throw new FormatError('onnx', 'has sparse weights')
      if (part === 5) checkTensor(bytes, locations)
      if (part !== 1) continue
      if (++nodes > MOST_NODES) throw new FormatError('onnx', `has more than ${MOST_NODES} operators`)
      checkNode(bytes, locations)
    }
  }
  if (nodes === 0) throw new FormatError('onnx', 'has no operators')
}

/** Field numbers are those of onnx.proto3: NodeProto, AttributeProto, TensorProto. */
function checkNode(node: Uint8Array, locations: ReadonlySet<string>): void {
  let [operator, domain] = ['', '']
  for (const [field, value] of parts(node)) {
    if (field === 4) operator = text(value)
    if (field === 7) domain = text(value)
    if (field !== 5) continue
    for (const [part, bytes] of parts(value)) {
      if (part === 6 || part === 11)
        throw new FormatError('onnx', `${operator || 'an operator'} has a graph of its own`)
      if (part === 5 || part === 10) checkTensor(bytes, locations)
    }
  }
  if (!DOMAINS.has(domain)) throw new FormatError('onnx', `${operator} is of the domain ${JSON.stringify(domain)}`)
}

function checkTensor(tensor: Uint8Array, locations: ReadonlySet<string>): void {
  for (const [field, value] of parts(tensor)) {
    if (field !== 13) continue
    let [key, named] = ['', '']
    for (const [part, bytes] of parts(value)) {
      if (part === 1) key = text(bytes)
      if (part === 2) named = text(bytes)
    }
    if (key === 'location' && !locations.has(named)) {
      throw new FormatError('onnx', `has weights in ${JSON.stringify(named)}, which the pack does not name`)
    }
  }
}

function* parts(bytes: Uint8Array): Generator<[field: number, bytes: Uint8Array]> {
  const walk = fields(new BinaryReader(bytes))
  for (;;) {
    let next: IteratorResult<[field: number, bytes: Uint8Array], void>
    try {
      next = walk.next()
    } catch (error) {
      throw new FormatError('onnx', `cannot be read: ${error instanceof Error ? error.message : error}`)
    }
    if (next.done) return
    yield next.value
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
