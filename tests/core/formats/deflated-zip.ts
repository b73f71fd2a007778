// Writes zips by hand, deflated and with lies, for tests: core's own writer only stores and never lies.

import { deflateRawSync } from 'node:zlib'
import { crc32 } from '../../../src/core/formats/crc32.ts'

export interface ZipLies {
  /** Claims, where they are not the truth. */
  readonly size?: number
  readonly crc?: number
  readonly flags?: number
  readonly method?: number
  readonly start?: number
  readonly localName?: string
}

export type LyingFile = readonly [name: string, content: Uint8Array, lies?: ZipLies]

/** An archive whose entries are deflated, or stored where a file says method 0. */
export function deflatedZip(files: readonly LyingFile[], end: { count?: number; disk?: number } = {}): Uint8Array {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let start = 0
  for (const [name, content, lies = {}] of files) {
    const method = lies.method ?? 8
    const data = method === 0 ? Buffer.from(content) : deflateRawSync(content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(lies.flags ?? 0, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(lies.crc ?? crc32(content), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(lies.size ?? content.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(lies.localName ?? name), data])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(lies.start ?? start, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name)]))
    locals.push(local)
    start += local.length
  }
  const directory = Buffer.concat(centrals)
  const tail = Buffer.alloc(22)
  tail.write('PK\x05\x06', 'latin1')
  tail.writeUInt16LE(end.disk ?? 0, 4)
  tail.writeUInt16LE(end.count ?? files.length, 8)
  tail.writeUInt16LE(end.count ?? files.length, 10)
  tail.writeUInt32LE(directory.length, 12)
  tail.writeUInt32LE(start, 16)
  return new Uint8Array(Buffer.concat([...locals, directory, tail]))
}
