// Every scenario of the library, with each disk operation made to fail and a crash at each, before and after it: after the
// next start the library is as before the step that was cut short or as after it, and nothing that was acknowledged is lost.

import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import type { Library } from '../../../src/core/library/library.ts'
import { StorageError } from '../../../src/core/storage/storage-error.ts'
import { Crash, createSimulatedDisk, type Faults, type SimulatedDisk } from '../storage/simulated-disk.ts'
import { findFaults } from './find-faults.ts'
import { CLIP, embed, look, many, OTHER_CLIP, openLibrary, row, type rows } from './world.ts'

/** Two crashes at once are many: all of them where CAMPAIGN=full, else one in this many. */
const STRIDE = process.env.CAMPAIGN === 'full' ? 1 : 7

/** One thing that a person does: acknowledged when it resolves. */
type Step = (library: Library) => Promise<unknown>

const named = async (library: Library, name: string) => {
  const found = (await library.list()).find((database) => database.name === name)
  return found?.id ?? 'missing'
}
const create = (name: string, ...pictures: ReturnType<typeof rows>): Step => {
  return (library) => library.create({ name, clip: CLIP }, pictures)
}
const append = (name: string, ...pictures: ReturnType<typeof rows>): Step => {
  return async (library) => library.appendRows(await named(library, name), pictures)
}
const idsOf = async (library: Library, name: string) =>
  (await library.openDatabase(await named(library, name))).items.map(({ id }) => id)
/** Rows whose number is odd: the same ones however far the step came. */
const oddOf = async (library: Library, name: string) => {
  const { items } = await library.openDatabase(await named(library, name))
  return items.filter(({ caption }) => /[13579]$/.test(caption)).map(({ id }) => id)
}

async function reembed(library: Library, name: string): Promise<void> {
  const id = await named(library, name)
  for await (const { chunkId, images } of library.chunksToReembed(id, OTHER_CLIP)) {
    const names = images.map((image) => new TextDecoder().decode(image).replace('image of ', ''))
    await library.replaceEmbeddings(
      id,
      OTHER_CLIP,
      chunkId,
      names.map((picture) => embed(picture, OTHER_CLIP)),
    )
  }
}

async function exportBytes(library: Library, name: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await library.exportDatabase(await named(library, name), async (piece) => void pieces.push(piece.slice()))
  return Buffer.concat(pieces)
}

const file = await (async () => {
  const library = openLibrary(createSimulatedDisk())
  await library.create({ name: 'file', clip: CLIP }, [...many('f', 7), row('g', { image: null, thumbnail: null })])
  return exportBytes(library, 'file')
})()

const progress = (done: number) => (appended: { added: number; duplicates: number }, databaseId: string | null) => ({
  version: 1 as const,
  id: 'import-1',
  databaseId,
  name: 'holiday',
  source: null,
  total: 9,
  done,
  added: appended.added,
  duplicates: appended.duplicates,
  skipped: [],
})

const scenarios: Record<string, { readonly before?: readonly Step[]; readonly steps: readonly Step[] }> = {
  'create and append three times': {
    steps: [create('a'), append('a', ...many('x', 2)), append('a', ...many('x', 5)), append('a', ...many('y', 4))],
  },
  'an import with its record': {
    steps: [
      (library) => library.create({ name: 'a', clip: CLIP }, many('x', 4), progress(4)),
      async (library) => library.appendRows(await named(library, 'a'), many('x', 7), progress(7)),
      async (library) => library.saveImport(progress(8)({ added: 7, duplicates: 1 }, await named(library, 'a'))),
      (library) => library.endImport('import-1'),
    ],
  },
  'an import that waits for its turn, begins and ends, and one that is let go of': {
    steps: [
      (library) => library.saveImport(progress(0)({ added: 0, duplicates: 0 }, null)),
      (library) => library.create({ name: 'a', clip: CLIP }, many('x', 4), progress(4)),
      (library) => library.endImport('import-1'),
      (library) => library.saveImport(progress(0)({ added: 0, duplicates: 0 }, null)),
      (library) => library.endImport('import-1'),
    ],
  },
  rename: {
    before: [create('a', ...many('x', 2))],
    steps: [async (library) => library.rename(await named(library, 'a'), 'b')],
  },
  'a new caption': {
    before: [create('a', ...many('x', 5))],
    steps: [
      async (library) => library.setCaption(await named(library, 'a'), (await idsOf(library, 'a'))[4] ?? '', 'new'),
    ],
  },
  'remove and undo': {
    before: [create('a', ...many('x', 4)), create('b', ...many('y', 2))],
    steps: [
      async (library) => library.remove(await named(library, 'a')),
      async (library) => library.undoRemove((await library.listRemoved())[0]?.id ?? ''),
    ],
  },
  'remove and purge': {
    before: [create('a', ...many('x', 14)), create('b', ...many('x', 2))],
    steps: [
      async (library) => library.remove(await named(library, 'a')),
      async (library) => library.purge((await library.listRemoved())[0]?.id ?? ''),
    ],
  },
  merge: {
    before: [create('a', ...many('x', 4)), create('b', ...many('y', 10), ...many('x', 3), ...many('z', 4))],
    steps: [async (library) => library.merge(await named(library, 'a'), await named(library, 'b'))],
  },
  'merge into an empty one': {
    before: [create('a'), create('b', ...many('y', 16))],
    steps: [async (library) => library.merge(await named(library, 'a'), await named(library, 'b'))],
  },
  'move items': {
    before: [create('a', ...many('x', 4)), create('b', ...many('y', 17), row('x1'), row('x3'), row('x9'))],
    steps: [
      async (library) =>
        library.moveItems(await named(library, 'b'), await named(library, 'a'), await oddOf(library, 'b')),
    ],
  },
  'remove items': {
    before: [create('a', ...many('x', 20))],
    steps: [async (library) => library.removeItems(await named(library, 'a'), await oddOf(library, 'a'))],
  },
  'remove all items': {
    before: [create('a', ...many('x', 11))],
    steps: [async (library) => library.removeItems(await named(library, 'a'), await idsOf(library, 'a'))],
  },
  'import a file': {
    before: [create('a', ...many('x', 2))],
    steps: [(library) => library.importDatabaseFile(bytesSource(file))],
  },
}

async function expectTyped(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (!(error instanceof Crash)) expect(error).toBeInstanceOf(StorageError)
    return false
  }
}

async function prepared(before: readonly Step[]): Promise<SimulatedDisk> {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  await library.sweep()
  for (const step of before) await step(library)
  return disk
}

/** What is seen after each step when all goes well, and how many operations that takes. */
async function rehearse(start: SimulatedDisk, steps: readonly Step[]) {
  const disk = start.reopen()
  const library = openLibrary(disk)
  const seen = [await look(openLibrary(disk.reopen()))]
  for (const step of steps) {
    await step(library)
    seen.push(await look(openLibrary(disk.reopen())))
  }
  return { seen, operations: disk.operations }
}

/** @returns whether the steps all went well */
async function perform(start: SimulatedDisk, steps: readonly Step[], seen: readonly unknown[], faults: Faults) {
  const disk = start.reopen(faults)
  const library = openLibrary(disk)
  let acknowledged = 0
  for (const step of steps) {
    if (!(await expectTyped(step(library)))) break
    acknowledged++
  }
  expect(findFaults(disk.records, { isSettled: false })).toEqual([])
  const again = disk.reopen()
  const after = openLibrary(again)
  expect(await after.sweep()).toEqual([])
  expect(findFaults(again.records, { isSettled: true })).toEqual([])
  const now = await look(after)
  if (acknowledged === steps.length) expect(now).toEqual(seen[acknowledged])
  else expect([seen[acknowledged], seen[acknowledged + 1]]).toContainEqual(now)
  return { acknowledged, disk }
}

describe.each(Object.entries(scenarios))('%s', (_, { before = [], steps }) => {
  it('survives every operation that fails', async () => {
    const start = await prepared(before)
    const { seen, operations } = await rehearse(start, steps)
    for (let failAt = 1; failAt <= operations; failAt++) {
      const { acknowledged } = await perform(start, steps, seen, { failAt })
      expect(acknowledged, `operation ${failAt} fails`).toBeLessThan(steps.length)
    }
  })

  it('does what failed when it is asked again, in the same tab', async () => {
    const start = await prepared(before)
    const { seen, operations } = await rehearse(start, steps)
    for (let failAt = 1; failAt <= operations; failAt++) {
      const disk = start.reopen({ failAt })
      const library = openLibrary(disk)
      for (const step of steps) if (!(await expectTyped(step(library)))) await expectTyped(step(library))
      const again = disk.reopen()
      await openLibrary(again).sweep()
      expect(findFaults(again.records, { isSettled: true })).toEqual([])
      expect(await look(openLibrary(again)), `operation ${failAt} failed`).toEqual(seen.at(-1))
    }
  })

  it.each([false, true])('survives a crash at every operation (its batch written: %s)', async (crashAfter) => {
    const start = await prepared(before)
    const { seen, operations } = await rehearse(start, steps)
    for (let crashAt = 1; crashAt <= operations; crashAt++) await perform(start, steps, seen, { crashAt, crashAfter })
  })

  it('survives a crash at every operation of the sweep after a crash', async () => {
    const start = await prepared(before)
    const { seen, operations } = await rehearse(start, steps)
    for (let crashAt = 1; crashAt <= operations; crashAt++) {
      const disk = start.reopen({ crashAt, crashAfter: true })
      const library = openLibrary(disk)
      for (const step of steps) if (!(await expectTyped(step(library)))) break
      const rehearsal = disk.reopen()
      await openLibrary(rehearsal).sweep()
      const expected = await look(openLibrary(rehearsal.reopen()))
      expect(seen).toContainEqual(expected)
      for (let again = 1 + (crashAt % STRIDE); again <= rehearsal.operations; again += STRIDE) {
        const swept = disk.reopen({ crashAt: again, crashAfter: again % 2 === 0 })
        await expectTyped(openLibrary(swept).sweep())
        expect(findFaults(swept.records, { isSettled: false })).toEqual([])
        const last = swept.reopen()
        await openLibrary(last).sweep()
        expect(findFaults(last.records, { isSettled: true })).toEqual([])
        expect({ ...(await look(openLibrary(last))), removed: [] }).toEqual({ ...expected, removed: [] })
      }
    }
  })

  it('survives a disk of every size', async () => {
    const start = await prepared(before)
    const { seen } = await rehearse(start, steps)
    const done = await perform(start, steps, seen, {})
    const most = 4 * Math.max(start.bytes, done.disk.bytes)
    for (let quota = start.bytes; quota < most; quota += Math.ceil(most / 40))
      await perform(start, steps, seen, { quota })
  })
})

describe('embedding a database anew', () => {
  const before = [create('a', ...many('x', 8)), append('a', ...many('y', 3))]

  it('goes on where a crash or failure cut it short, and changes over once, whole', async () => {
    const start = await prepared(before)
    const { seen, operations } = await rehearse(start, [(library) => reembed(library, 'a')])
    for (let at = 1; at <= operations; at++) {
      for (const faults of [{ failAt: at }, { crashAt: at }, { crashAt: at, crashAfter: true }]) {
        const { disk } = await perform(start, [(library) => reembed(library, 'a')], seen, faults)
        const again = disk.reopen()
        await reembed(openLibrary(again), 'a')
        expect(again.operations, `operation ${at}`).toBeLessThanOrEqual(operations)
        expect(findFaults(again.records, { isSettled: true })).toEqual([])
        expect(await look(openLibrary(again))).toEqual(seen[1])
      }
    }
  })
})
