import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openZip, writeZip } from '../../../src/core/formats/zip.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'

const text = (words: string) => new TextEncoder().encode(words)
const files = [
  ['a.txt', text('first')],
  ['folder/b.bin', new Uint8Array(300).map((_, i) => i)],
  ['empty', new Uint8Array(0)],
] as const

async function readAll(bytes: Uint8Array): Promise<[string, Uint8Array][]> {
  const zip = await openZip(bytesSource(bytes))
  return Promise.all([...zip.entries.keys()].map(async (name) => [name, await zip.read(name)] as [string, Uint8Array]))
}

describe('zip', () => {
  it('reads back what it wrote, in order', async () => {
    expect(await readAll(await writeZip(files))).toEqual(files.map(([name, bytes]) => [name, bytes]))
  })

  it('writes the same bytes for the same files', async () => {
    expect(await writeZip(files)).toEqual(await writeZip(files))
  })

  it('asks the source only for the directory and the entry that is read', async () => {
    const bytes = await writeZip([
      ['large', new Uint8Array(4 << 20)],
      ['small', text('here')],
    ])
    let asked = 0
    const inner = bytesSource(bytes)
    const zip = await openZip({
      byteLength: bytes.length,
      slice: (start, end) => {
        asked += end - start
        return inner.slice(start, end)
      },
    })
    expect(await zip.read('small')).toEqual(text('here'))
    expect(asked).toBeLessThan(1 << 20)
  })

  it('inflates deflated entries', async () => {
    const content = text('again and '.repeat(100))
    expect(await readAll(deflatedZip('d', content, content.length))).toEqual([['d', content]])
  })

  it('refuses an entry that claims to inflate to more than deflate can', async () => {
    const bomb = deflatedZip('d', text('small'), 0xfffffff0)
    await expect(openZip(bytesSource(bomb))).rejects.toThrow(/^zip: d: cannot hold 4294967280 bytes/)
  })

  it('answers every truncation with a FormatError', async () => {
    await expectTruncationErrors(await writeZip(files), readAll)
  })

  it('answers a flip of any byte with a FormatError or a reading', async () => {
    await expectTypedErrorsOnFlips(await writeZip(files), readAll)
  })

  it('finds a flipped byte of content by its CRC', async () => {
    const bytes = await writeZip([['a', text('unmistakable')]])
    const at = Buffer.from(bytes).indexOf('unmistakable')
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await expect(readAll(bytes)).rejects.toThrow(/^zip: a: .*CRC/i)
  })

  it('names a missing entry', async () => {
    const zip = await openZip(bytesSource(await writeZip(files)))
    await expect(zip.read('nothing')).rejects.toThrow('zip: has no entry "nothing"')
  })
})

/** One deflated entry by hand, so that its claimed size can lie. */
function deflatedZip(name: string, content: Uint8Array, claimed: number): Uint8Array {
  const data = deflateRawSync(content)
  const crc = crc32(content)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(8, 4)
  common.writeUInt32LE(crc, 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(claimed, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, Buffer.alloc(14), Buffer.from(name)])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return new Uint8Array(Buffer.concat([local, central, end]))
}

function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
