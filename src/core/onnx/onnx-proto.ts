// Writes ONNX models as protobuf: the few messages of onnx.proto3 that our graphs use.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** TensorProto.DataType, by the names that ONNX Runtime's tensors have. */
const DATA_TYPES = { float32: 1, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const

export type ElementType = keyof typeof DATA_TYPES

/** The code by which ONNX knows an element type, as Cast's `to` takes it. */
export function dataTypeCode(type: ElementType): number {
  return DATA_TYPES[type]
}

/** An attribute: a whole number, a float, a string, or a list of whole numbers. */
export type Attribute =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] }

export interface OnnxNode {
  readonly name: string
  readonly opType: string
  /** Empty for ONNX's own operators. */
  readonly domain: string
  /** Names; '' for an optional input left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** Where an initializer's bytes are: in the model itself (little-endian), or in a file beside it. */
export type InitializerBytes =
  | { readonly raw: Uint8Array }
  | { readonly location: string; readonly offset: number; readonly byteLength: number }

export interface OnnxInitializer {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly bytes: InitializerBytes
}

export interface OnnxValue {
  readonly name: string
  readonly type: ElementType
  /** A number, or a name for a size that is known only when the graph runs. */
  readonly dims: readonly (number | string)[]
}

export interface OnnxModel {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxInitializer[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

/** IR version 10 goes with opset 21; onnxruntime 1.18 and later read both. */
const IR_VERSION = 10
const OPSET = 21

/** Serialises a model. Field numbers are those of onnx.proto3. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Varint).int64(IR_VERSION)
  string(writer, 2, 'kindred')
  message(writer, 7, () => writeGraph(writer, model))
  for (const [domain, version] of [
    ['', OPSET],
    ['com.microsoft', 1],
  ] as const) {
    message(writer, 8, () => {
      string(writer, 1, domain)
      writer.tag(2, WireType.Varint).int64(version)
    })
  }
  return writer.finish()
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, () => writeNode(writer, node))
  string(writer, 2, model.name)
  for (const initializer of model.initializers) message(writer, 5, () => writeInitializer(writer, initializer))
  for (const input of model.inputs) message(writer, 11, () => writeValue(writer, input))
  for (const output of model.outputs) message(writer, 12, () => writeValue(writer, output))
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) string(writer, 1, input)
  for (const output of node.outputs) string(writer, 2, output)
  string(writer, 3, node.name)
  string(writer, 4, node.opType)
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, () => writeAttribute(writer, name, attribute))
  }
  if (node.domain !== '') string(writer, 7, node.domain)
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  string(writer, 1, name)
  let type: number
  if ('f' in attribute) {
    type = 1
    writer.tag(2, WireType.Bit32).float(attribute.f)
  } else if ('i' in attribute) {
    type = 2
    writer.tag(3, WireType.Varint).int64(attribute.i)
  } else if ('s' in attribute) {
    type = 3
    string(writer, 4, attribute.s)
  } else {
    type = 7
    packed(writer, 8, attribute.ints)
  }
  writer.tag(20, WireType.Varint).int32(type)
}

function writeInitializer(writer: BinaryWriter, initializer: OnnxInitializer): void {
  packed(writer, 1, initializer.dims)
  writer.tag(2, WireType.Varint).int32(DATA_TYPES[initializer.type])
  string(writer, 8, initializer.name)
  const { bytes } = initializer
  if ('raw' in bytes) {
    writer.tag(9, WireType.LengthDelimited).bytes(bytes.raw)
    return
  }
  const entries = { location: bytes.location, offset: `${bytes.offset}`, length: `${bytes.byteLength}` }
  for (const [key, value] of Object.entries(entries)) {
    message(writer, 13, () => {
      string(writer, 1, key)
      string(writer, 2, value)
    })
  }
  writer.tag(14, WireType.Varint).int32(1) // DataLocation.EXTERNAL
}

function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  string(writer, 1, value.name)
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.tag(1, WireType.Varint).int32(DATA_TYPES[value.type])
      message(writer, 2, () => {
        for (const dim of value.dims) message(writer, 1, () => writeDimension(writer, dim))
      })
    }),
  )
}

function writeDimension(writer: BinaryWriter, dim: number | string): void {
  if (typeof dim === 'number') writer.tag(1, WireType.Varint).int64(dim)
  else string(writer, 2, dim)
}

function string(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

function packed(writer: BinaryWriter, field: number, values: readonly number[]): void {
  message(writer, field, () => {
    for (const value of values) writer.int64(value)
  })
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write()
  writer.join()
}
