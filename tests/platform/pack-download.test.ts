// A pack from a server that cuts, stalls, alters, ignores and lies: it arrives whole, or not at all and with a word why.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import { beginInstall, finishInstall, resumeInstall } from '../../src/core/pack/install.ts'
import { installedPackFiles, listPacks } from '../../src/core/pack/installed-packs.ts'
import { CHUNK_BYTES } from '../../src/core/pack/manifest.ts'
import { createPackDownload } from '../../src/platform/pack-download.ts'
import { sha256 } from '../../tools/pack-folder.ts'
import { makeSmallPack } from '../core/pack/small-pack.ts'
import { createSimulatedFileDisk, type SimulatedFileDisk } from '../core/storage/simulated-file-disk.ts'
import { seededRandom } from '../seeded-random.ts'
import { type Asked, cutAfter, ETAG, type PackServer, sendRange, servePack } from './pack-server.ts'

/** Cuts in all; R8 asks for 20 in each run, and for 200 each night. */
const CUTS = process.env.CAMPAIGN === 'full' ? 200 : 20
const LARGE = 'weights/denoiser.safetensors'
const pack = makeSmallPack({ [LARGE]: CHUNK_BYTES + 5000 })

/** Alarms that wait: they ring when a test says that the time has passed. */
const alarms = new Set<() => void>()
const setAlarm = (_: number, ring: () => void) => {
  alarms.add(ring)
  return () => alarms.delete(ring)
}

let server: PackServer
let disk: SimulatedFileDisk

beforeEach(async () => {
  server = await servePack(pack.files)
  disk = createSimulatedFileDisk()
})
afterEach(() => server.close())

async function install(signal = new AbortController().signal, onProgress = (_: number, __: string | null) => {}) {
  const source = createPackDownload(server.url, { signal, stallMs: 30_000, setAlarm, usesIfRange: true })
  const bytes = await source.readManifest()
  const pending = await beginInstall({ disk, sha256, parser: directParser }, bytes, '{}')
  if (pending === null) return
  await finishInstall({ disk, sha256, wait: async () => {} }, pending, source, onProgress)
}

async function expectWhole({ id, files: expected } = pack): Promise<void> {
  expect(await listPacks({ disk, sha256, parser: directParser })).toMatchObject([{ id, state: 'installed' }])
  const files = installedPackFiles({ disk, sha256, parser: directParser }, id, () => 0)
  for (const [path, bytes] of expected) expect(Buffer.compare(await files.read(path), bytes), path).toBe(0)
}

/** Does something else the first `times` that `where` is true. */
function misbehave(where: (asked: Asked) => boolean, how: (asked: Asked) => void, times = 1): void {
  let left = times
  server.answer = (asked) => {
    if (left === 0 || !where(asked)) return false
    left--
    how(asked)
    return true
  }
}

const isSecondChunk = ({ path, start }: Asked) => path === LARGE && start === CHUNK_BYTES
const isLarge = ({ path }: Asked) => path === LARGE

describe('a server', () => {
  it('that behaves is asked for every byte once', async () => {
    await install()
    await expectWhole()
    expect(server.sent).toBe(pack.byteLength)
    expect(server.asked.every(({ isRange }) => isRange)).toBe(true)
    expect(server.asked.find(isSecondChunk)?.ifRange).toBe(ETAG)
  })

  it('that cuts at any byte is asked for at most that chunk again', async () => {
    const many = makeSmallPack({ [LARGE]: 2 * CHUNK_BYTES + 5000 })
    const random = seededRandom(3)
    const chunksCut = new Set<string>()
    await server.close()
    server = await servePack(many.files)
    for (let cut = 0; cut < CUTS; cut++) {
      disk = createSimulatedFileDisk()
      server.sent = 0
      // A byte of all that are sent, each share of them in its turn.
      const at = Math.floor(((cut + random()) / CUTS) * many.byteLength)
      const where = `seed 3, cut ${cut}, at byte ${at} of ${many.byteLength}`
      let chunk = 0
      misbehave(
        ({ start, end }) => server.sent + end - start > at,
        (request) => {
          chunk = request.end - request.start
          chunksCut.add(`${request.path} ${request.start}`)
          cutAfter(server, request, at - server.sent)
        },
      )
      await install()
      await expectWhole(many)
      expect(chunk, where).toBeGreaterThan(0)
      expect(chunk, where).toBeLessThanOrEqual(CHUNK_BYTES)
      expect(server.sent - many.byteLength, where).toBeLessThanOrEqual(chunk)
    }
    for (const start of [0, CHUNK_BYTES]) expect(chunksCut).toContain(`${LARGE} ${start}`)
  })

  it('that stalls is left and asked again', async () => {
    misbehave(isSecondChunk, ({ response, bytes, start, end }) => {
      response.writeHead(206, { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.byteLength}` })
      response.write(bytes.subarray(start, start + 100), () => {
        for (const ring of alarms) ring()
      })
    })
    const told: (string | null)[] = []
    await install(undefined, (_, trouble) => told.push(trouble))
    expect(told).toContain('no byte came for 30 s')
    await expectWhole()
  })

  it('that does not know ranges gives the file whole, from which only the missing chunks are taken', async () => {
    misbehave(
      isSecondChunk,
      ({ response, bytes }) => response.writeHead(200, { 'Content-Length': bytes.byteLength }).end(bytes),
      5,
    )
    await install()
    await expectWhole()
  })

  it('that never knew ranges is asked for each file once', async () => {
    server.answer = ({ response, bytes }) => {
      response.writeHead(200, { 'Content-Length': bytes.byteLength }).end(bytes)
      return true
    }
    await install()
    await expectWhole()
    expect(server.asked).toHaveLength(5)
  })

  it.each([
    ['alters a bit', (body: Uint8Array) => body.with(9, (body[9] ?? 0) ^ 4)],
    ['sends fewer bytes than it was asked for', (body: Uint8Array) => body.subarray(0, -7)],
    ['sends more bytes than it was asked for', (body: Uint8Array) => new Uint8Array([...body, 1, 2, 3])],
  ])('that once %s is not believed', async (_, body) => {
    misbehave(isSecondChunk, (asked) => sendRange(server, asked, { body }))
    await install()
    await expectWhole()
    expect(server.asked.filter(isSecondChunk)).toHaveLength(2)
  })

  it('that keeps altering a chunk is given up after three more tries, and the chunk is named', async () => {
    misbehave(isSecondChunk, (asked) => sendRange(server, asked, { body: (body) => body.with(0, 77) }), 100)
    const failure = install()
    await expect(failure).rejects.toThrow(`${LARGE}: bytes ${CHUNK_BYTES} to ${CHUNK_BYTES + 5000}`)
    await expect(failure).rejects.toMatchObject({ name: 'FormatError' })
    expect(server.asked.filter(isSecondChunk)).toHaveLength(4)
    expect(await listPacks({ disk, sha256, parser: directParser })).toMatchObject([{ state: 'unfinished' }])
  })

  it('whose file changed between two chunks installs nothing of both', async () => {
    misbehave(
      isSecondChunk,
      (asked) => sendRange(server, asked, { headers: { ETag: '"two"' }, body: (body) => body.fill(5) }),
      100,
    )
    await expect(install()).rejects.toThrow(LARGE)
    server.answer = () => false
    const source = createPackDownload(server.url, {
      signal: new AbortController().signal,
      stallMs: 30_000,
      setAlarm,
      usesIfRange: true,
    })
    const pending = await resumeInstall({ disk, sha256, parser: directParser }, pack.id)
    await finishInstall({ disk, sha256, wait: async () => {} }, pending, source, () => {})
    await expectWhole()
  })

  it.each([
    ['another range', { 'Content-Range': `bytes 0-4999/${CHUNK_BYTES + 5000}` }],
    ['a range of a longer file', { 'Content-Range': `bytes ${CHUNK_BYTES}-${CHUNK_BYTES + 4999}/99999999` }],
  ])('that once answers with %s is asked again', async (_, headers) => {
    misbehave(isSecondChunk, (asked) => sendRange(server, asked, { headers }))
    await install()
    await expectWhole()
    expect(server.asked.filter(isSecondChunk)).toHaveLength(2)
  })

  it('that is busy is asked again', async () => {
    misbehave(isLarge, ({ response }) => response.writeHead(503).end(), 3)
    await install()
    await expectWhole()
  })

  it.each([
    ['a file is gone', 404, {}, 'answered 404'],
    ['a network asks to sign in', 200, { 'Content-Type': 'text/html; charset=utf-8' }, 'web page'],
    ['it packs what it sends', 206, { 'Content-Encoding': 'x-own' }, 'packs it with x-own'],
  ])('is not asked again where %s', async (_, status, headers, words) => {
    misbehave(isLarge, ({ response }) => response.writeHead(status, headers).end('<html>'), 100)
    await expect(install()).rejects.toThrow(words)
    expect(server.asked.filter(isLarge)).toHaveLength(1)
  })

  it('that sends on to another is not followed', async () => {
    const other = await servePack(pack.files)
    misbehave(isLarge, ({ response }) => response.writeHead(302, { Location: `${other.url}${LARGE}` }).end(), 100)
    await expect(install()).rejects.toThrow('sends on to another address')
    expect(server.asked.filter(isLarge)).toHaveLength(1)
    expect(other.asked).toEqual([])
    await other.close()
  })

  it('without a pack is not one', async () => {
    await expect(
      createPackDownload(`${server.url}nowhere/`, {
        signal: new AbortController().signal,
        stallMs: 30_000,
        setAlarm,
        usesIfRange: true,
      }).readManifest(),
    ).rejects.toThrow('pack.json: the server answered 404')
  })
})

describe('a cancel', () => {
  it('ends a download that has stalled, with its own reason, and keeps what is there', async () => {
    const controller = new AbortController()
    misbehave(
      isSecondChunk,
      ({ response }) => {
        response.writeHead(206, {})
        response.write('x')
        controller.abort(new Error('enough'))
      },
      100,
    )
    await expect(install(controller.signal)).rejects.toThrow('enough')
    const [found] = await listPacks({ disk, sha256, parser: directParser })
    expect(found?.verifiedBytes).toBeGreaterThanOrEqual(CHUNK_BYTES)
  })
})
