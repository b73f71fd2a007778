// Reads what inputs an ONNX graph takes, so that a runtime can fix the sizes that the graph leaves free.

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { FormatError } from '../formats/format-error.ts'
import { fields } from './wire-fields.ts'

/** Dimensions of each input by its name: a number, or the name of a free size. */
export type GraphInputs = ReadonlyMap<string, readonly (number | string)[]>

/** Sizes of a graph's free dimensions by their names. */
export type FreeSizes = Readonly<Record<string, number>>

/** The inputs of a serialised model. Throws FormatError('onnx', …) where the bytes are no model. */
export function readGraphInputs(model: Uint8Array): GraphInputs {
  const inputs = new Map<string, readonly (number | string)[]>()
  try {
    const reader = new BinaryReader(model)
    for (const graph of messages(reader, 7)) {
      for (const input of messages(graph, 11)) {
        const [name, dims] = readValue(input)
        inputs.set(name, dims)
      }
    }
  } catch (error) {
    throw new FormatError('onnx', `cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  return inputs
}

/** The free sizes that these tensors give an input's graph. Throws RangeError where two of them disagree. */
export function sizesOf(
  inputs: GraphInputs,
  feeds: Readonly<Record<string, { readonly dims: readonly number[] }>>,
): FreeSizes {
  const sizes = new Map<string, number>()
  for (const [input, { dims }] of Object.entries(feeds)) {
    for (const [axis, size] of dims.entries()) {
      const name = inputs.get(input)?.[axis]
      if (typeof name !== 'string') continue
      const known = sizes.get(name)
      if (known !== undefined && known !== size) {
        throw new RangeError(`${input}: its ${name} is ${size}, that of another input is ${known}`)
      }
      sizes.set(name, size)
    }
  }
  return Object.fromEntries(sizes)
}

/** Field numbers are those of onnx.proto3: ValueInfoProto, TypeProto.Tensor, TensorShapeProto. */
function readValue(reader: BinaryReader): [name: string, dims: (number | string)[]] {
  let name = ''
  const dims: (number | string)[] = []
  for (const [field, value] of fields(reader)) {
    if (field === 1) name = new TextDecoder().decode(value)
    if (field !== 2) continue
    for (const tensorType of messages(new BinaryReader(value), 1)) {
      for (const shape of messages(tensorType, 2)) {
        for (const dim of messages(shape, 1)) dims.push(readDimension(dim))
      }
    }
  }
  return [name, dims]
}

function readDimension(reader: BinaryReader): number | string {
  let dim: number | string = ''
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === 1 && type === WireType.Varint) dim = Number(reader.int64())
    else if (field === 2 && type === WireType.LengthDelimited) dim = reader.string()
    else reader.skip(type, field)
  }
  return dim
}

/** The messages in a field, each with a reader of its own. */
function* messages(reader: BinaryReader, wanted: number): Generator<BinaryReader> {
  for (const [field, value] of fields(reader)) if (field === wanted) yield new BinaryReader(value)
}
