// The library opens what every released version stored, and brings it up to date however often that is interrupted.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDump } from '../storage/disk-dump.ts'
import { createSimulatedDisk } from '../storage/simulated-disk.ts'
import { findFaults } from './find-faults.ts'
import { look, openLibrary, row } from './world.ts'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/stored/${name}`, import.meta.url), 'utf8')

describe.each([1, 2])("version %i's library", (version) => {
  const dump = readDump(fixture(`library-${version}.json`))
  const seen = JSON.parse(fixture(`library-${version}-seen.json`))

  async function start() {
    const disk = createSimulatedDisk()
    await disk.commit(dump, 'strict')
    return disk.reopen()
  }

  it('shows all that was in it, and goes on with what was half done', async () => {
    const disk = await start()
    const library = openLibrary(disk)
    expect(await library.sweep()).toEqual([])
    expect(JSON.parse(JSON.stringify(await look(library)))).toEqual(seen)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('comes to the same after a crash at every operation of the first start', async () => {
    const rehearsal = await start()
    await openLibrary(rehearsal).sweep()
    for (let crashAt = 1; crashAt <= rehearsal.operations; crashAt++) {
      const disk = (await start()).reopen({ crashAt, crashAfter: crashAt % 2 === 0 })
      await expect(openLibrary(disk).sweep()).rejects.toThrow()
      const again = disk.reopen()
      await openLibrary(again).sweep()
      expect(findFaults(again.records, { isSettled: true })).toEqual([])
      expect(JSON.parse(JSON.stringify((await look(openLibrary(again))).databases))).toEqual(seen.databases)
    }
  })

  it('can be written to afterwards', async () => {
    const disk = await start()
    const library = openLibrary(disk)
    await library.sweep()
    for (const { id } of await library.list()) await library.appendRows(id, [row(`new in ${id}`)])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })
})
