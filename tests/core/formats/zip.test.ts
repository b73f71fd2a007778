import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { joinBytes } from '../../../src/core/formats/join-bytes.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { streamZip, writeZip, type ZipFile } from '../../../src/core/formats/zip-writer.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'
import { deflatedZip, type LyingFile, type ZipLies } from './deflated-zip.ts'

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

  it('writes a file that comes in pieces as one that comes whole, and fails where it is another the second time', async () => {
    const piece = files[1][1]
    const inPieces = (...takes: number[]) => ({
      async *pieces() {
        const length = takes.shift() ?? piece.length
        for (let start = 0; start < length; start += 70) yield piece.subarray(start, Math.min(start + 70, length))
      },
    })
    const written = async (bytes: ZipFile[1]) => {
      const pieces: Uint8Array[] = []
      await streamZip([files[0], ['folder/b.bin', bytes], files[2]], async (one) => void pieces.push(one))
      return joinBytes(pieces)
    }
    expect(await written(inPieces())).toEqual(await writeZip(files))
    await expect(written(inPieces(300, 299))).rejects.toThrow(/folder\/b.bin changed while it was written/)
  })

  it('writes no empty pieces', async () => {
    const empty = {
      async *pieces() {
        yield new Uint8Array(0)
      },
    }
    await streamZip([['a', new Uint8Array(0)], ['b', empty], files[0]], async (piece) =>
      expect(piece.length).not.toBe(0),
    )
  })

  it('is not written where a piece is another of the same length the second time', async () => {
    let next = 0
    const changing = {
      async *pieces() {
        yield Uint8Array.of(next++)
      },
    }
    await expect(writeZip([['a', changing]])).rejects.toThrow(/a changed while it was written/)
  })

  it('takes a name of 65,535 bytes', async () => {
    const name = 'x'.repeat(0xffff)
    expect([...(await openZip(bytesSource(await writeZip([[name, text('a')]])))).entries.keys()]).toEqual([name])
  })

  it('gives a stored entry as a source where it lies, and a deflated one unpacked', async () => {
    for (const bytes of [await writeZip(files), deflatedZip(files)]) {
      const source = await (await openZip(bytesSource(bytes))).source('folder/b.bin')
      expect(source.byteLength).toBe(300)
      expect(await source.slice(10, 20)).toEqual(files[1][1].slice(10, 20))
    }
    const damaged = (await writeZip([['a', text('first')]])).with(31, 70)
    const source = await (await openZip(bytesSource(damaged))).source('a')
    expect(await source.slice(0, 5)).toEqual(text('First'))
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

  it('gives many entries in the order asked for, and reads from the source a piece at a time', async () => {
    const many = Array.from({ length: 500 }, (_, i) => [`${i}`, new Uint8Array(5000).fill(i)] as const)
    const large = ['large', new Uint8Array(3 << 20).fill(1)] as const
    const bytes = await writeZip([...many.slice(0, 250), large, ...many.slice(250)])
    const inner = bytesSource(bytes)
    let slices = 0
    let largest = 0
    const zip = await openZip({
      byteLength: bytes.length,
      slice: (start, end) => {
        slices++
        largest = Math.max(largest, end - start)
        return inner.slice(start, end)
      },
    })
    const asked = [many[499], large, many[3], ...many, many[3]].filter((file) => file !== undefined)
    slices = 0
    const read = await zip.readMany(asked.map(([name]) => name))
    expect(read.map((entry, i) => Buffer.compare(entry, asked[i]?.[1] ?? new Uint8Array(0)))).toEqual(
      asked.map(() => 0),
    )
    // 2.5 MB of small entries on two sides of a large one, which is read in four pieces.
    expect(slices).toBeLessThanOrEqual(4 + 4)
    expect(largest).toBeLessThanOrEqual(1 << 20)
    expect(await zip.readMany([])).toEqual([])
    await expect(zip.readMany(['1', 'nothing'])).rejects.toThrow('zip: has no entry "nothing"')
  })

  it('finds a flipped byte among many entries by its CRC', async () => {
    const bytes = await writeZip([...files, ['d', text('unmistakable')], ['e', text('and')]])
    const at = Buffer.from(bytes).indexOf('unmistakable')
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const zip = await openZip(bytesSource(bytes))
    expect(await zip.readMany(['e', 'a.txt'])).toEqual([text('and'), text('first')])
    await expect(zip.readMany(['e', 'd', 'a.txt'])).rejects.toThrow(/^zip: d: .*CRC/i)
  })

  it('inflates deflated entries', async () => {
    const content = text('again and '.repeat(100))
    expect(await readAll(deflatedZip([['d', content]]))).toEqual([['d', content]])
  })

  it('gives an entry piece by piece', async () => {
    const content = new Uint8Array(3 << 20).fill(7)
    const zip = await openZip(bytesSource(await writeZip([['large', content]])))
    const pieces: Uint8Array[] = []
    for await (const piece of zip.pieces('large')) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(Buffer.concat(pieces).equals(content)).toBe(true)
  })

  it('is refused where it has become shorter since it was opened', async () => {
    const bytes = await writeZip(files)
    let { length } = bytes
    const slice = async (start: number, end: number) => bytes.slice(start, Math.min(end, length))
    const zip = await openZip({ byteLength: bytes.length, slice })
    length = 20
    await expect(zip.read('a.txt')).rejects.toThrow(/^zip: a.txt: its own header is not what the directory says/)
  })

  it('answers a flip of any byte of a deflated entry likewise, and names the entry', async () => {
    const bytes = deflatedZip([['d', text('again and again and at length')]])
    await expectTypedErrorsOnFlips(bytes, readAll)
    await expect(readAll(bytes.with(31, 255))).rejects.toThrow(/^zip: d: (?!.*zip: )/)
  })

  it('refuses an entry that claims to inflate to more than deflate can', async () => {
    const bomb = deflatedZip([['d', text('small'), { size: 0xfffffff0 }]])
    await expect(openZip(bytesSource(bomb))).rejects.toThrow(/^zip: d: 7 bytes cannot hold 4294967280/)
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

describe('a hostile zip', () => {
  const content = text('again and '.repeat(100))
  const one = (lies: ZipLies): LyingFile[] => [['d', content, lies]]

  it.each<[string, LyingFile[], RegExp]>([
    ['an entry that is longer than it claims', one({ size: 10 }), /^zip: d: holds another number of bytes than 10/],
    [
      'an entry that is shorter than it claims',
      one({ size: 2000 }),
      /^zip: d: holds another number of bytes than 2000/,
    ],
    ['a stored entry that claims another size', one({ method: 0, size: 10 }), /1000 bytes cannot hold 10/],
    ['a CRC that is wrong', one({ crc: 1 }), /^zip: d: its CRC-32 is wrong/],
    ['a stored CRC that is wrong', one({ method: 0, crc: 1 }), /^zip: d: its CRC-32 is wrong/],
    ['an encrypted entry', one({ flags: 1 }), /is encrypted/],
    ['a masked directory', one({ flags: 0x2000 }), /is encrypted/],
    ['another compression', one({ method: 14 }), /^zip: d: compression 14 is not read/],
    ['a local header of another name', one({ localName: 'e' }), /its own header is not what the directory says/],
    [
      'an entry that is the next one',
      [
        ['a', content],
        ['b', content, { start: 0 }],
      ],
      /^zip: [ab]: overlaps the next entry/,
    ],
    [
      'an entry inside another',
      [
        ['a', content],
        ['b', text('x'), { start: 9 }],
      ],
      /overlaps the next entry/,
    ],
    ['an entry that ends in the directory', one({ start: 10 }), /^zip: d: lies beyond the directory/],
    ['an entry beyond the file', one({ start: 0x7fffffff }), /lies beyond the directory/],
    ['a 64-bit size that is not there', one({ size: 0xffffffff }), /a 64-bit size is missing/],
    [
      'two entries of one name',
      [
        ['a', content],
        ['a', content],
      ],
      /^zip: two entries are named "a"/,
    ],
  ])('is refused for %s', async (_, files, message) => {
    await expect(readAll(deflatedZip(files))).rejects.toThrow(message)
  })

  it('is refused where it is one part of several', async () => {
    await expect(openZip(bytesSource(deflatedZip(one({}), { disk: 1 })))).rejects.toThrow(/one part of several/)
  })

  it.each([0, 2, 65_534])('is refused where it counts %d entries and has one', async (count) => {
    await expect(openZip(bytesSource(deflatedZip(one({}), { count })))).rejects.toThrow(/^zip: /)
  })

  it.each([['one entry', one({})] as const, ['none', []] as const])(
    'is refused where its comment holds another end of directory: %s',
    async (_, files) => {
      const zip = deflatedZip(files)
      const twice = new Uint8Array([...zip, ...zip.slice(-22)])
      twice[zip.length - 2] = 22
      await expect(openZip(bytesSource(twice))).rejects.toThrow(/^zip: has two ends of directory/)
    },
  )

  it('is refused where its directory ends inside the first bytes of an entry', async () => {
    const zip = deflatedZip([...one({}), ...one({})])
    const first = Buffer.from(zip).indexOf('PK\x01\x02')
    // The first one's comment reaches to three bytes before the end of the second one.
    const damaged = zip.with(first + 32, 47 - 3)
    await expect(openZip(bytesSource(damaged))).rejects.toThrow(`zip: the directory is damaged (at byte ${first + 91})`)
  })

  it('may have an entry of no name and no bytes', async () => {
    const zip = await openZip(bytesSource(deflatedZip([...one({}), ['', new Uint8Array(0), { method: 0 }]])))
    expect([...zip.entries]).toEqual([
      ['d', content.length],
      ['', 0],
    ])
    expect(await zip.read('')).toEqual(new Uint8Array(0))
  })

  it('keeps names of its own to names', async () => {
    const names = [
      '__proto__',
      'constructor',
      '../../x',
      '\u202egpj.exe',
      'a\0b',
      'CON',
      '<img src=x onerror=alert(1)>',
    ]
    const zip = await openZip(bytesSource(deflatedZip(names.map((name) => [name, text(name)] as const))))
    expect([...zip.entries.keys()]).toEqual(names)
    for (const name of names) expect(await zip.read(name)).toEqual(text(name))
    expect('polluted' in {}).toBe(false)
  })

  it('costs no more memory than it holds, whatever it claims', async () => {
    const bytes = deflatedZip([['d', new Uint8Array(1 << 20), { size: 1000 * 1031 }]])
    await expect(readAll(bytes)).rejects.toThrow(/another number of bytes/)
  })

  it('may be larger than 65,535 entries', async () => {
    const many = await writeZip(Array.from({ length: 65_540 }, (_, i) => [String(i), Uint8Array.of(i & 255)] as const))
    const zip = await openZip(bytesSource(many))
    expect(zip.entries.size).toBe(65_540)
    expect(await zip.read('65539')).toEqual(Uint8Array.of(3))
  })
})
