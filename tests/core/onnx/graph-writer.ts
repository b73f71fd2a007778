// Writes ONNX models by the numbers of their fields (onnx.proto3), true and hostile ones.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

export type Fields = readonly (readonly [field: number, value: string | Uint8Array])[]

/** A message of fields that hold bytes or texts. */
export function message(fields: Fields): Uint8Array {
  const writer = new BinaryWriter()
  for (const [field, value] of fields) {
    writer.tag(field, WireType.LengthDelimited)
    if (typeof value === 'string') writer.string(value)
    else writer.bytes(value)
  }
  return writer.finish()
}

/** An operator with more fields of NodeProto. */
export const node = (operator: string, more: Fields = []) => message([[4, operator], ...more])
/** An attribute whose field of that number is a message. */
export const attribute = (field: number, value: Uint8Array) =>
  message([
    [1, 'body'],
    [field, value],
  ])
/** A model whose graph has these parts: 1 is an operator, 5 are weights. */
export const graph = (...parts: Fields) => message([[7, message(parts)]])
/** A tensor that lies in a file of its own. */
export const weights = (location: string) =>
  message([
    [
      13,
      message([
        [1, 'location'],
        [2, location],
      ]),
    ],
  ])
