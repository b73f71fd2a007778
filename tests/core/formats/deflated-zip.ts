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

/** What a 64-bit end of directory says: its own 4-byte fields and those of the locator and of the old end behind it, by place. */
export interface EndLies {
  readonly end64?: Readonly<Record<number, number>>
  readonly locator?: Readonly<Record<number, number>>
  readonly end?: Readonly<Record<number, number>>
}

/** The same archive with the 64-bit end of directory that a large one has, to which its own end points by ones. */
export function with64BitEnd(zip: Uint8Array, lies: EndLies = {}): Uint8Array {
  const end = Buffer.from(zip.slice(-22))
  const [count, size, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  const end64 = Buffer.alloc(56)
  end64.write('PK\x06\x06', 'latin1')
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  end.fill(0xff, 8, 20)
  const put = (bytes: Buffer, fields: Readonly<Record<number, number>> = {}) => {
    for (const [at, value] of Object.entries(fields)) bytes.writeUInt32LE(value, Number(at))
  }
  put(end64, { 4: 44, 24: count, 32: count, 40: size, 48: start, ...lies.end64 })
  put(locator, { 8: zip.length - 22, 16: 1, ...lies.locator })
  put(end, lies.end)
  return new Uint8Array(Buffer.concat([zip.subarray(0, -22), end64, locator, end]))
}
