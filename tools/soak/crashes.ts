// Random days of a library on a simulated disk, each with a crash, a failure or a full disk at a random operation.

import type { Library } from '../../src/core/library/library.ts'
import { StorageError } from '../../src/core/storage/storage-error.ts'
import { findFaults } from '../../tests/core/library/find-faults.ts'
import { CLIP, look, many, openLibrary } from '../../tests/core/library/world.ts'
import { Crash, createSimulatedDisk, type Faults, type SimulatedDisk } from '../../tests/core/storage/simulated-disk.ts'
import { seededRandom } from '../../tests/seeded-random.ts'
import { createTable } from './tally.ts'

const MOST_STEPS = 8

type Random = () => number
type Step = (library: Library) => Promise<unknown>

export async function soakCrashes(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const firstSeed = Date.now() & 0x7fffffff
  const table = createTable()
  console.log(`crashes, seeds from ${firstSeed}`)
  for (let seed = firstSeed; performance.now() < end; seed++) {
    const random = seededRandom(seed)
    const steps = Array.from({ length: 1 + Math.floor(random() * MOST_STEPS) }, () => chooseStep(random))
    const rehearsal = createSimulatedDisk()
    const seen = await rehearse(rehearsal, steps)
    const at = 1 + Math.floor(random() * Math.max(1, rehearsal.operations))
    const kind = ['crash before', 'crash after', 'failure', 'full disk'][Math.floor(random() * 4)] ?? ''
    const faults: Faults =
      kind === 'failure'
        ? { failAt: at }
        : kind === 'full disk'
          ? { quota: Math.floor(random() * rehearsal.bytes) }
          : { crashAt: at, crashAfter: kind === 'crash after' }
    const wrong = await perform(steps, seen, faults)
    table.count(kind, wrong.length === 0)
    for (const fault of wrong) console.error(`seed ${seed}, ${kind} at ${at}: ${fault}`)
  }
  return table.print('crashes')
}

/** What is there after each step where all goes well. */
async function rehearse(disk: SimulatedDisk, steps: readonly Step[]): Promise<readonly string[]> {
  const library = openLibrary(disk)
  const seen = [await describeDisk(disk)]
  for (const step of steps) {
    await step(library)
    seen.push(await describeDisk(disk))
  }
  return seen
}

async function perform(steps: readonly Step[], seen: readonly string[], faults: Faults): Promise<readonly string[]> {
  const disk = createSimulatedDisk(faults)
  const library = openLibrary(disk)
  let acknowledged = 0
  for (const step of steps) {
    try {
      await step(library)
    } catch (error) {
      if (error instanceof Crash || error instanceof StorageError) break
      return [`no typed error: ${error}`]
    }
    acknowledged++
  }
  const again = disk.reopen()
  await openLibrary(again).sweep()
  const now = await describeDisk(again)
  return [
    ...findFaults(disk.records, { isSettled: false }),
    ...findFaults(again.records, { isSettled: true }),
    ...(now === seen[acknowledged] || (acknowledged < steps.length && now === seen[acknowledged + 1])
      ? []
      : [`after ${acknowledged} acknowledged steps it is neither as before the next nor as after it`]),
  ]
}

/** All that a person could see; ids of rows follow from their content. */
async function describeDisk(disk: SimulatedDisk): Promise<string> {
  return JSON.stringify(await look(openLibrary(disk.reopen())))
}

/** What does not depend on ids that differ from run to run: styles are found by their place. */
function chooseStep(random: Random): Step {
  const [place, other, letter] = [random(), random(), 'abcdef'[Math.floor(random() * 6)] ?? 'a']
  const count = 1 + Math.floor(random() * 12)
  const name = `style ${Math.floor(random() * 1e9)}`
  const pick = async (library: Library, at: number) => {
    const styles = await library.list()
    return styles[Math.floor(at * styles.length)]?.id
  }
  const create: Step = (library) => library.create({ name, clip: CLIP }, many(letter, count))
  const withStyle = (task: (library: Library, id: string) => Promise<unknown>): Step => {
    return async (library) => {
      const id = await pick(library, place)
      await (id === undefined ? create(library) : task(library, id))
    }
  }
  const some = async (library: Library, id: string) =>
    (await library.openDatabase(id)).items.filter((_, row) => row % 3 === 1).map((item) => item.id)
  const kinds: readonly Step[] = [
    create,
    withStyle((library, id) => library.appendRows(id, many(letter, count))),
    withStyle((library, id) => library.rename(id, name)),
    withStyle((library, id) => library.remove(id)),
    withStyle((library, id) => library.purge(id)),
    withStyle(async (library, id) => library.removeItems(id, await some(library, id))),
    withStyle(async (library, id) => library.merge(id, (await pick(library, other)) ?? id)),
    withStyle(async (library, id) =>
      library.moveItems(id, (await pick(library, other)) ?? id, await some(library, id)),
    ),
  ]
  return kinds[Math.floor(random() * kinds.length)] ?? create
}
