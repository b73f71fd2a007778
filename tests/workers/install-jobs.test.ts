// The install worker's jobs over a real MessageChannel, a simulated disk and a real server.

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import type { Machine } from '../../src/core/pack/install-needs.ts'
import { CHUNK_BYTES, MOST_MANIFEST_BYTES } from '../../src/core/pack/manifest.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import { createPackDownload } from '../../src/platform/pack-download.ts'
import { createFolderSource } from '../../src/platform/pack-folder.ts'
import type { PackLocks } from '../../src/platform/pack-locks.ts'
import { readPackUrl } from '../../src/platform/pack-url.ts'
import { openZipSource } from '../../src/platform/pack-zip.ts'
import { createJobClient, type JobClient, type WorkerLike } from '../../src/protocol/client.ts'
import { serveJobs } from '../../src/protocol/host.ts'
import type { InstallEvent, InstallJobs } from '../../src/protocol/install-jobs.ts'
import { sha256 } from '../../tools/pack-folder.ts'
import { createInstallJobs } from '../../workers/install-jobs.ts'
import { deflatedZip } from '../core/formats/deflated-zip.ts'
import { makeSmallPack } from '../core/pack/small-pack.ts'
import { createSimulatedFileDisk, type SimulatedFileDisk } from '../core/storage/simulated-file-disk.ts'
import { type PackServer, servePack } from '../platform/pack-server.ts'
import { openParseChannel } from './parse-channel.ts'

const LARGE = 'weights/denoiser.safetensors'
const pack = makeSmallPack({ [LARGE]: CHUNK_BYTES + 5000 })
/** Zips are read in the parse worker. */
const zips = openParseChannel()
afterAll(zips.close)

/** Locks of one tab alone. */
function createLocks(): PackLocks & { readonly held: Set<string> } {
  const held = new Set<string>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    held,
    alone: (task) => task(),
    hold: (id, signal, task) => {
      const turn = last.then(async () => {
        signal.throwIfAborted()
        held.add(id)
        return task().finally(() => held.delete(id))
      })
      last = turn.catch(() => undefined)
      return turn
    },
    busy: async () => new Set(held),
  }
}

let server: PackServer
let disk: SimulatedFileDisk
let machine: Machine
let client: JobClient<InstallJobs>
let locks: ReturnType<typeof createLocks>
let closePorts: () => void

beforeEach(async () => {
  server = await servePack(pack.files)
  disk = createSimulatedFileDisk()
  machine = { gpu: null, memoryBytes: null }
  locks = createLocks()
  const jobs = createInstallJobs({
    disk,
    locks,
    sha256,
    parser: directParser,
    describeMachine: async () => machine,
    readUrl: (text) => readPackUrl(text, 'https://app.example/'),
    download: (url, signal) =>
      createPackDownload(url, { signal, stallMs: 1, setAlarm: () => () => {}, usesIfRange: false }),
    folder: createFolderSource,
    zip: (file, signal) => openZipSource(file, zips.parser.openArchive, signal),
  })
  const { port1, port2 } = new MessageChannel()
  serveJobs<InstallJobs>(port2 as never, jobs, toJobError)
  port2.start()
  port1.start()
  client = createJobClient<InstallJobs>({ createWorker: () => port1 as unknown as WorkerLike, cancelTimeoutMs: 60_000 })
  closePorts = () => port1.close()
})
afterEach(async () => {
  closePorts()
  await server.close()
})

const list = async () => (await client.run('list-models', null)).models

describe('installing a model', () => {
  it('from an address says what it is, then how far it is, and lists it with where it came from', async () => {
    const events: InstallEvent[] = []
    const { id } = await client.run(
      'install-model',
      { kind: 'url', url: server.url },
      { onEvent: (e) => events.push(e) },
    )
    expect(id).toBe(pack.id)
    expect(events[0]).toMatchObject({ kind: 'model', model: { name: 'Small', origin: { kind: 'url' } } })
    expect(await list()).toMatchObject([
      { id, name: 'Small', state: 'installed', byteLength: pack.byteLength, origin: { kind: 'url', url: server.url } },
    ])
    expect(await client.run('check-model', { id })).toEqual({ isWhole: true })
    await client.run('remove-model', { id })
    expect(disk.usage()).toBe(0)
  })

  it('says what it is and how far it came also where it is over before anybody could ask', async () => {
    const small = makeSmallPack({ [LARGE]: 5000 })
    const files = Array.from(small.files, ([path, bytes]) => ({
      path: `small/${path}`,
      file: new File([bytes as Uint8Array<ArrayBuffer>], 'name'),
    }))
    const events: InstallEvent[] = []
    await client.run('install-model', { kind: 'folder', files }, { onEvent: (e) => events.push(e) })
    expect(events[0]).toMatchObject({ kind: 'model', model: { name: 'Small' } })
    const { byteLength } = small
    expect(events.at(-1)).toMatchObject({ kind: 'progress', verifiedBytes: byteLength, byteLength })
  })

  it('from a folder takes the files below its pack.json, and looks at no others', async () => {
    const files = Array.from(pack.files, ([path, bytes]) => ({
      path: `models/small/${path}`,
      file: new File([bytes as Uint8Array<ArrayBuffer>], 'name'),
    }))
    files.push({ path: 'models/small/deep/er/pack.json', file: new File(['{}'], 'pack.json') })
    await client.run('install-model', { kind: 'folder', files })
    expect(await list()).toMatchObject([{ state: 'installed', origin: { kind: 'folder', name: 'small' } }])
  })

  it('from a folder without one of its files, or with one cut, is refused', async () => {
    for (const change of [() => null, (file: File) => file.slice(0, 10) as File]) {
      const files = Array.from(pack.files, ([path, bytes]) => {
        const file = new File([bytes as Uint8Array<ArrayBuffer>], 'name')
        return { path, file: path === LARGE ? change(file) : file }
      })
      await expect(client.run('install-model', { kind: 'folder', files })).rejects.toMatchObject({
        code: 'pack-missing',
      })
    }
    await expect(client.run('install-model', { kind: 'folder', files: [] })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  const zipOf = (files: readonly (readonly [string, Uint8Array])[], method: number) =>
    new Blob([deflatedZip(files.map(([path, bytes]) => [path, bytes, { method }])) as Uint8Array<ArrayBuffer>])

  it.each([
    ['compressed', 8],
    ['stored', 0],
  ])('from a zip of its folder, %s, takes the files below its pack.json', async (_, method) => {
    const files = Array.from(pack.files, ([path, bytes]) => [`small/${path}`, bytes] as const)
    const outside = [['__MACOSX/pack.json', Uint8Array.of(1)] as const, ...files]
    const { id } = await client.run('install-model', { kind: 'zip', name: 's.zip', file: zipOf(outside, method) })
    expect(await list()).toMatchObject([{ id: pack.id, state: 'installed', origin: { kind: 'folder', name: 's.zip' } }])
    expect(await client.run('check-model', { id })).toEqual({ isWhole: true })
  })

  it('from a zip without a file of it, with one cut, without a pack.json, that is none, or damaged, is refused', async () => {
    const refused = async (file: Blob) =>
      client.run('install-model', { kind: 'zip', name: 's.zip', file }).then(
        () => null,
        ({ code }) => code,
      )
    const files = [...pack.files]
    const wrongSum = ([path, bytes]: readonly [string, Uint8Array]) =>
      [path, bytes, path === 'pack.json' ? { crc: 1 } : {}] as const
    const withWrongSum = new Blob([deflatedZip(files.map(wrongSum)) as Uint8Array<ArrayBuffer>])
    const cut = files.map(([path, bytes]) => [path, path === LARGE ? bytes.subarray(0, 10) : bytes] as const)
    expect(
      await Promise.all([
        refused(
          zipOf(
            files.filter(([path]) => path !== LARGE),
            8,
          ),
        ),
        refused(zipOf(cut, 8)),
        refused(
          zipOf(
            files.filter(([path]) => path !== 'pack.json'),
            8,
          ),
        ),
        refused(new Blob(['no zip at all'])),
        refused(withWrongSum),
      ]),
    ).toEqual(['pack-missing', 'pack-missing', 'invalid-input', 'invalid-input', 'pack-missing'])
  })

  it('from a folder or a zip whose pack.json is longer than any is refused before it is read', async () => {
    const long = new Uint8Array(MOST_MANIFEST_BYTES + 1)
    const file = new File([long], 'pack.json')
    const words = { code: 'pack-missing', message: `pack.json: longer than ${MOST_MANIFEST_BYTES} bytes` }
    const folder = client.run('install-model', { kind: 'folder', files: [{ path: 'a/pack.json', file }] })
    await expect(folder).rejects.toMatchObject(words)
    const zip = client.run('install-model', { kind: 'zip', name: 's.zip', file: zipOf([['pack.json', long]], 8) })
    await expect(zip).rejects.toMatchObject(words)
  })

  it('that this machine cannot run is refused before anything of it is fetched', async () => {
    machine = { gpu: null, memoryBytes: 1000 }
    await expect(client.run('install-model', { kind: 'url', url: server.url })).rejects.toMatchObject({
      code: 'pack-unsuitable',
      detail: 'memory',
    })
    expect(server.asked).toHaveLength(0)
    expect(disk.usage()).toBe(0)
  })

  it('that is cancelled while the server stalls ends at once, and is taken up from where it came', async () => {
    const controller = new AbortController()
    server.answer = ({ path, start, response }) => {
      if (path !== LARGE || start === 0) return false
      response.writeHead(206, {})
      response.write('x')
      controller.abort()
      return true
    }
    const { signal } = controller
    await expect(client.run('install-model', { kind: 'url', url: server.url }, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(locks.held.size).toBe(0)
    const [found] = await list()
    expect(found).toMatchObject({ state: 'unfinished', origin: { kind: 'url', url: server.url } })
    server.answer = () => false
    server.sent = 0
    await client.run('install-model', { kind: 'resume', id: pack.id })
    expect(await list()).toMatchObject([{ state: 'installed' }])
    expect(server.sent).toBe(pack.byteLength - (found?.verifiedBytes ?? 0))
  })

  it('from an address that nothing should be fetched from is refused', async () => {
    await expect(client.run('install-model', { kind: 'url', url: 'http://host.example/' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  it('on a disk without room says so', async () => {
    disk.failAt = 2
    disk.failure = 'storage-full'
    await expect(client.run('install-model', { kind: 'url', url: server.url })).rejects.toMatchObject({
      code: 'storage-full',
    })
    expect(server.asked).toHaveLength(0)
  })
})

describe('a damaged model', () => {
  it('is found by checking, and repaired by fetching what is wrong alone', async () => {
    const { id } = await client.run('install-model', { kind: 'url', url: server.url })
    const file = await disk.open(`${id}.${pack.manifest.files[LARGE]?.sha256}`)
    await file.write(Uint8Array.of(1, 2, 3, 4), CHUNK_BYTES + 9)
    await file.close()
    expect(await client.run('check-model', { id })).toEqual({ isWhole: false })
    server.sent = 0
    await client.run('install-model', { kind: 'resume', id })
    expect(server.sent).toBe(5000)
    expect(await client.run('check-model', { id })).toEqual({ isWhole: true })
  })
})
