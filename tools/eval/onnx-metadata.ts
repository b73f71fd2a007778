// Reads an ONNX file's metadata: the runtime for Node hands them to nobody.

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** Field numbers of onnx.proto3: ModelProto.metadata_props, and StringStringEntryProto's key and value. */
const METADATA_PROPS = 14
const KEY = 1
const VALUE = 2

/** The metadata by key. Throws what the protobuf reader throws for bytes that are no message. */
export function readOnnxMetadata(model: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const reader = new BinaryReader(model)
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === METADATA_PROPS && type === WireType.LengthDelimited) {
      const [key, value] = readEntry(reader.bytes())
      found.set(key, value)
    } else {
      reader.skip(type, field)
    }
  }
  return found
}

function readEntry(bytes: Uint8Array): [key: string, value: string] {
  const reader = new BinaryReader(bytes)
  let [key, value] = ['', '']
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === KEY) key = reader.string()
    else if (field === VALUE) value = reader.string()
    else reader.skip(type, field)
  }
  return [key, value]
}
