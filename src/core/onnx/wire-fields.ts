// Walks through protobuf messages without a schema: the fields that hold bytes, and messages among them.

import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** Every field that holds bytes. Throws what the reader throws where the bytes are no message. */
export function* fields(reader: BinaryReader): Generator<[field: number, bytes: Uint8Array], void> {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (type === WireType.LengthDelimited) yield [field, reader.bytes()]
    else reader.skip(type, field)
  }
}
