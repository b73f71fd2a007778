// Installing on a disk that crashes, fails and fills up at every operation: a pack is whole, or can be taken up again, or is gone.

import { describe, expect, it, vi } from 'vitest'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import {
  beginInstall,
  discard,
  finishInstall,
  type InstallDependencies,
  resumeInstall,
} from '../../../src/core/pack/install.ts'
import { dataName, nameOf } from '../../../src/core/pack/install-names.ts'
import { checkPack, installedPackFiles, listPacks, sweepPacks } from '../../../src/core/pack/installed-packs.ts'
import { CHUNK_BYTES } from '../../../src/core/pack/manifest.ts'
import type { FileDisk } from '../../../src/core/storage/file-disk.ts'
import { StorageError } from '../../../src/core/storage/storage-error.ts'
import { sha256 } from '../../../tools/pack-folder.ts'
import { seededRandom } from '../../seeded-random.ts'
import { createSimulatedFileDisk, PowerLoss, type SimulatedFileDisk } from '../storage/simulated-file-disk.ts'
import { memorySource } from './memory-source.ts'
import { FOUR_CHUNKS, makeSmallPack, type SmallPack } from './small-pack.ts'

/** How a power loss leaves what was not flushed is drawn so many times at each operation: of small files, and of large ones. */
const [SEEDS, SEEDS_OF_LARGE] = process.env.CAMPAIGN === 'full' ? [50, 4] : [3, 1]

/** Flips in all; R7 asks for 200 in each run, and for 10,000 each night. */
const FLIPS = process.env.CAMPAIGN === 'full' ? 10_000 : 200

const FROM = '{"url":"https://example.org/pack/"}'
const small = makeSmallPack()
const chunked = makeSmallPack({ 'weights/denoiser.safetensors': CHUNK_BYTES + 5000 })
const nobody: ReadonlySet<string> = new Set()

// A hundred crashes over eight MiB take half a minute, and five times that where other work has the processors.
vi.setConfig({ testTimeout: 600_000 })

const dependenciesOf = (disk: FileDisk): InstallDependencies => ({ disk, sha256, wait: async () => {} })

async function install(disk: FileDisk, pack: SmallPack, source = memorySource(pack.files)): Promise<void> {
  const pending = await beginInstall({ disk, sha256, parser: directParser }, bytesOf(pack, 'pack.json'), FROM)
  if (pending !== null) await finishInstall(dependenciesOf(disk), pending, source, () => {})
}

/** What the next start does: sweep, then take up what is unfinished; where nothing is left, install anew. */
async function recover(disk: SimulatedFileDisk, pack: SmallPack, source = memorySource(pack.files)): Promise<string> {
  await sweepPacks({ disk, sha256, parser: directParser }, nobody)
  const [found] = await listPacks({ disk, sha256, parser: directParser })
  if (found?.state === 'unfinished') {
    await finishInstall(
      dependenciesOf(disk),
      await resumeInstall({ disk, sha256, parser: directParser }, found.id),
      source,
      () => {},
    )
  } else if (found === undefined) {
    expect(disk.usage()).toBe(0)
    await install(disk, pack, source)
  }
  return found?.state ?? 'gone'
}

async function expectWhole(disk: SimulatedFileDisk, pack: SmallPack): Promise<void> {
  expect(await listPacks({ disk, sha256, parser: directParser })).toMatchObject([
    { id: pack.id, state: 'installed', from: FROM },
  ])
  const files = installedPackFiles({ disk, sha256, parser: directParser }, pack.id, () => 0)
  for (const [path, bytes] of pack.files) {
    expect(Buffer.compare(await files.read(path), bytes), path).toBe(0)
  }
  const names = [nameOf(pack.id, 'pack'), nameOf(pack.id, 'from')]
  for (const { sha256 } of Object.values(pack.manifest.files)) names.push(dataName(pack.id, sha256))
  expect([...disk.contents().keys()].sort()).toEqual([...new Set(names)].sort())
}

function bytesOf(pack: SmallPack, path: string): Uint8Array {
  const bytes = pack.files.get(path)
  if (bytes === undefined) throw new Error(`the pack has no ${path}`)
  return bytes
}

/** Crashes `task` at each of its operations, and hands what the next start finds to `check`. */
async function crashEverywhere(
  prepare: () => Promise<SimulatedFileDisk>,
  task: (disk: SimulatedFileDisk) => Promise<void>,
  check: (disk: SimulatedFileDisk) => Promise<void>,
  seeds: number,
): Promise<number> {
  let crashes = 0
  for (let offset = 0; ; offset++) {
    for (const after of ['half', 'all'] as const) {
      for (let seed = 0; seed < seeds; seed++) {
        const disk = await prepare()
        disk.crashAt = disk.operations() + offset
        disk.crashAfter = after
        const crashed = await task(disk).then(
          () => false,
          (error) => {
            if (!(error instanceof PowerLoss)) throw error
            return true
          },
        )
        if (!crashed) return crashes
        crashes++
        await check(disk.restart(seededRandom(1000 * offset + seed)))
      }
    }
  }
}

async function flipOnDisk(disk: SimulatedFileDisk, name: string, at: number, bit: number): Promise<void> {
  const file = await disk.open(name)
  await file.write(Uint8Array.of((disk.contents().get(name)?.[at] ?? 0) ^ bit), at)
  await file.flush()
  await file.close()
}

async function installed(pack: SmallPack): Promise<SimulatedFileDisk> {
  const disk = createSimulatedFileDisk()
  await install(disk, pack)
  return disk
}

describe('a power loss', () => {
  it.each([
    ['of small files', small, SEEDS, 0],
    ['with a file of two chunks', chunked, SEEDS_OF_LARGE, CHUNK_BYTES],
  ])('at any operation of installing a pack %s loses at most one chunk', async (_, pack, seeds, most) => {
    const largest = Math.max(most, ...Object.values(small.manifest.files).map(({ byteLength }) => byteLength))
    let source = memorySource(pack.files)
    const states = new Set<string>()
    const crashes = await crashEverywhere(
      async () => {
        source = memorySource(pack.files)
        return createSimulatedFileDisk()
      },
      (disk) => install(disk, pack, source),
      async (disk) => {
        states.add(await recover(disk, pack, source))
        await expectWhole(disk, pack)
        expect(source.given).toBeLessThanOrEqual(pack.byteLength + largest)
      },
      seeds,
    )
    expect(crashes).toBeGreaterThan(50)
    expect([...states].sort()).toEqual(['gone', 'installed', 'unfinished'])
  })

  it('at any operation of removing a pack leaves it whole or gone, and no bytes behind', async () => {
    const states = new Set<string>()
    await crashEverywhere(
      () => installed(small),
      (disk) => discard(disk, small.id),
      async (disk) => {
        await sweepPacks({ disk, sha256, parser: directParser }, nobody)
        const [found] = await listPacks({ disk, sha256, parser: directParser })
        states.add(found?.state ?? 'gone')
        if (found === undefined) expect(disk.usage()).toBe(0)
        else await expectWhole(disk, small)
      },
      5,
    )
    expect([...states].sort()).toEqual(['gone', 'installed'])
  })

  it('at any operation of repairing a pack leaves one that is taken up again', async () => {
    const name = dataName(small.id, small.manifest.files['weights/denoiser.safetensors']?.sha256 ?? '')
    const damaged = async () => {
      const disk = await installed(small)
      const file = await disk.open(name)
      await file.write(Uint8Array.of(77), 4000)
      await file.flush()
      await file.close()
      return disk
    }
    await crashEverywhere(
      damaged,
      async (disk) => {
        expect(await checkPack({ disk, sha256, parser: directParser }, small.id, () => {})).toBe(1)
        await recover(disk, small)
      },
      async (disk) => {
        await sweepPacks({ disk, sha256, parser: directParser }, nobody)
        const [found] = await listPacks({ disk, sha256, parser: directParser })
        if (found?.state === 'installed') await checkPack({ disk, sha256, parser: directParser }, small.id, () => {})
        await recover(disk, small)
        await expectWhole(disk, small)
      },
      3,
    )
  })

  it('that takes a file from an unfinished install takes its pieces from the count', async () => {
    const disk = createSimulatedFileDisk()
    disk.crashAt = 32
    await expect(install(disk, small)).rejects.toThrow(PowerLoss)
    const after = disk.restart(() => 0.999)
    const [before] = await listPacks({ disk: after, sha256, parser: directParser })
    expect(before?.verifiedBytes).toBeGreaterThan(0)
    await after.remove(dataName(small.id, small.manifest.files['graphs/denoiser.onnx']?.sha256 ?? ''))
    expect((await listPacks({ disk: after, sha256, parser: directParser }))[0]?.verifiedBytes).toBe(
      (before?.verifiedBytes ?? 0) - 900,
    )
    expect(await recover(after, small)).toBe('unfinished')
    await expectWhole(after, small)
  })
})

describe('a disk operation that fails', () => {
  it.each(['storage-full', 'storage-failed'] as const)('with %s is named, and trying again installs', async (code) => {
    const { operations } = await installed(small)
    for (let at = 0; at < operations(); at++) {
      const disk = createSimulatedFileDisk()
      disk.failAt = at
      disk.failure = code
      const error = await install(disk, small).catch((error: unknown) => error)
      expect(error, `operation ${at}`).toBeInstanceOf(StorageError)
      expect(error).toMatchObject({ code })
      await recover(disk, small)
      await expectWhole(disk, small)
    }
  })

  it('while a pack is removed leaves a removal that can be done again', async () => {
    const whole = await installed(small)
    const first = whole.operations()
    await discard(whole, small.id)
    for (let at = first; at < whole.operations(); at++) {
      const disk = await installed(small)
      disk.failAt = at
      await expect(discard(disk, small.id)).rejects.toThrow(StorageError)
      await discard(disk, small.id)
      expect(disk.usage()).toBe(0)
    }
  })
})

describe('room', () => {
  it('that is not there is found out before a byte is asked for, and all of it is given back', async () => {
    const most = (await installed(small)).usage()
    for (let lacking = 1; lacking < most; lacking += 3001) {
      const disk = createSimulatedFileDisk(most - lacking)
      const source = memorySource(small.files)
      await expect(install(disk, small, source)).rejects.toMatchObject({ code: 'storage-full' })
      expect(source.given).toBe(0)
      expect(disk.usage()).toBe(0)
    }
  })

  it('is free at once when a pack is removed, and other packs keep theirs', async () => {
    const disk = await installed(small)
    const other = makeSmallPack({}, 5)
    const before = disk.usage()
    await install(disk, other)
    await discard(disk, other.id)
    expect(disk.usage()).toBe(before)
    await expectWhole(disk, small)
  })
})

describe('an install', () => {
  it('of a pack that is there already asks for nothing', async () => {
    const disk = await installed(small)
    const source = memorySource(small.files)
    await install(disk, small, source)
    expect(source.given).toBe(0)
  })

  it('tells the bytes that are there, from those of an earlier attempt to all', async () => {
    const pack = makeSmallPack({ 'weights/denoiser.safetensors': FOUR_CHUNKS })
    const disk = createSimulatedFileDisk()
    const told: number[] = []
    const pending = await beginInstall({ disk, sha256, parser: directParser }, bytesOf(pack, 'pack.json'), FROM)
    if (pending === null) throw new Error('it was installed')
    await finishInstall(dependenciesOf(disk), pending, memorySource(pack.files), (there) => told.push(there))
    expect(told[0]).toBe(0)
    expect(told.at(-1)).toBe(pack.byteLength)
    expect(told).toHaveLength(pending.plan.pieceCount + 1)
  })

  it('is not swept while another tab is at it', async () => {
    const disk = createSimulatedFileDisk()
    await disk.reserve(dataName(small.id, 'a'.repeat(64)), 100)
    await sweepPacks({ disk, sha256, parser: directParser }, new Set([small.id]))
    expect(disk.usage()).toBe(100)
    await sweepPacks({ disk, sha256, parser: directParser }, nobody)
    expect(disk.usage()).toBe(0)
  })

  it('leaves nothing of other programs in its folder', async () => {
    const disk = await installed(small)
    for (const name of ['a.crswap', `${small.id}.pack.crswap`, '__proto__', `${'b'.repeat(64)}.part`]) {
      await disk.reserve(name, 10)
    }
    await sweepPacks({ disk, sha256, parser: directParser }, nobody)
    await expectWhole(disk, small)
  })
})

describe('an installed pack', () => {
  it('gives its weights by reference, after looking at one piece of them', async () => {
    const pack = makeSmallPack({ 'weights/denoiser.safetensors': FOUR_CHUNKS })
    const disk = await installed(pack)
    const path = 'weights/denoiser.safetensors'
    const asked: number[] = []
    const files = installedPackFiles({ disk, sha256, parser: directParser }, pack.id, (count) => {
      asked.push(count)
      return 2
    })
    const blob = await files.blob(path)
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), bytesOf(pack, path))).toBe(0)
    expect(asked).toEqual([4])
    const file = await disk.open(dataName(pack.id, pack.manifest.files[path]?.sha256 ?? ''))
    await file.write(Uint8Array.of(1, 2, 3), 2 * CHUNK_BYTES + 10)
    await file.close()
    await expect(files.blob(path)).rejects.toThrow(`${path}: bytes ${2 * CHUNK_BYTES} to ${3 * CHUNK_BYTES}`)
  })

  it('with a file gone or cut is listed as damaged, and checking it makes it one to take up', async () => {
    const name = dataName(small.id, small.manifest.files['weights/decoder.safetensors']?.sha256 ?? '')
    for (const damage of [(disk: FileDisk) => disk.remove(name), (disk: FileDisk) => disk.reserve(name, 12)]) {
      const disk = await installed(small)
      await damage(disk)
      expect((await listPacks({ disk, sha256, parser: directParser }))[0]?.state).toBe('damaged')
      expect(await checkPack({ disk, sha256, parser: directParser }, small.id, () => {})).toBe(1)
      expect(await recover(disk, small)).toBe('unfinished')
      await expectWhole(disk, small)
    }
  })

  it('has every flipped bit of its files found by checking, and is whole again when that file is fetched', async () => {
    const disk = await installed(small)
    const random = seededRandom(7)
    const names = [...disk.contents().keys()].filter((name) => name !== nameOf(small.id, 'from'))
    for (let flip = 0; flip < FLIPS; flip++) {
      const name = names[flip % names.length] ?? ''
      const at = Math.floor(random() * (disk.contents().get(name)?.byteLength ?? 0))
      const bit = 1 << Math.floor(8 * random())
      const where = `seed 7, flip ${flip}: bit ${bit} of byte ${at} of ${name}`
      await flipOnDisk(disk, name, at, bit)
      if (name === nameOf(small.id, 'pack')) {
        expect(await listPacks({ disk, sha256, parser: directParser }), where).toEqual([])
        await flipOnDisk(disk, name, at, bit)
      } else {
        expect(await checkPack({ disk, sha256, parser: directParser }, small.id, () => {}), where).toBe(1)
        const source = memorySource(small.files)
        expect(await recover(disk, small, source), where).toBe('unfinished')
        expect(source.given, where).toBe(disk.contents().get(name)?.byteLength)
      }
    }
    await expectWhole(disk, small)
  })

  it('whose pack.json was altered is none', async () => {
    const disk = await installed(small)
    const file = await disk.open(nameOf(small.id, 'pack'))
    await file.write(Uint8Array.of(32), 5)
    await file.close()
    expect(await listPacks({ disk, sha256, parser: directParser })).toEqual([])
    await expect(
      installedPackFiles({ disk, sha256, parser: directParser }, small.id, () => 0).read('graphs/decoder.onnx'),
    ).rejects.toThrow('pack.json is damaged')
  })

  it('has no files beyond those that pack.json lists', async () => {
    const files = installedPackFiles({ disk: await installed(small), sha256, parser: directParser }, small.id, () => 0)
    for (const path of ['../pack.json', '/etc/passwd', 'weights', '', '__proto__']) {
      await expect(files.read(path), path).rejects.toThrow('does not list it')
    }
    expect(() =>
      installedPackFiles({ disk: createSimulatedFileDisk(), sha256, parser: directParser }, '../x', () => 0),
    ).toThrow('no pack')
  })
})
