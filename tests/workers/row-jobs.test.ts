// Rows without pictures, brought to a real library on a simulated disk by one job and kept by another.

import { describe, expect, it } from 'vitest'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import type { PackClip } from '../../src/platform/pack-clip.ts'
import type { LibraryJobs } from '../../src/protocol/library-jobs.ts'
import { createRowJobs } from '../../workers/row-jobs.ts'
import { findFaults } from '../core/library/find-faults.ts'
import { CLIP, openLibrary } from '../core/library/world.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { connect } from '../protocol/connect.ts'

type RowJobs = Pick<LibraryJobs, 'library-import-rows' | 'library-add-rows'>

function setUp() {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  const clip = { description: CLIP } as unknown as PackClip
  return { disk, library, client: connect<RowJobs>(createRowJobs(() => ({ library, clip, sketches: new Map() }))) }
}

const batch = (...ids: string[]) => ({
  items: ids.map((id) => ({ id, caption: `about ${id}` })),
  embeddings: floatToHalfArray(Float32Array.from({ length: ids.length * CLIP.dim }, (_, i) => (i % 3) + 1)),
})

describe('rows without pictures', () => {
  it('are kept batch by batch, and are a database when all have come', async () => {
    const { library, client } = setUp()
    const keeping = client.run('library-import-rows', { importId: 'i', name: 'Far away' })
    await client.run('library-add-rows', { importId: 'i', rows: batch('a', 'b', 'c', 'd') })
    expect(await library.list()).toEqual([])
    await client.run('library-add-rows', { importId: 'i', rows: batch('e') })
    await client.run('library-add-rows', { importId: 'i', rows: null })
    const { databaseId } = await keeping
    const opened = await library.openDatabase(databaseId)
    expect(opened.summary).toMatchObject({ name: 'Far away', rows: 5, images: 0, clip: CLIP })
    expect(opened.items.map(({ id, caption }) => `${id}: ${caption}`)).toContain('e: about e')
    expect((await opened.embeddingParts())?.[0]?.subarray(0, CLIP.dim)).toEqual(batch('a').embeddings)
  })

  it('leave nothing behind where they are stopped', async () => {
    const { disk, library, client } = setUp()
    const controller = new AbortController()
    const { signal } = controller
    const keeping = client.run('library-import-rows', { importId: 'i', name: 'Far away' }, { signal })
    const failing = expect(keeping).rejects.toMatchObject({ code: 'cancelled' })
    await client.run('library-add-rows', { importId: 'i', rows: batch('a') })
    controller.abort()
    await failing
    await expect(client.run('library-add-rows', { importId: 'i', rows: batch('b') })).rejects.toThrow('has ended')
    expect(await library.list()).toEqual([])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('tell both jobs where they have no direction', async () => {
    const { library, client } = setUp()
    const keeping = client.run('library-import-rows', { importId: 'i', name: 'Far away' })
    const failing = expect(keeping).rejects.toThrow(/no direction/)
    const rows = { items: [{ id: 'a', caption: '' }], embeddings: new Uint16Array(CLIP.dim) }
    await expect(client.run('library-add-rows', { importId: 'i', rows })).rejects.toThrow(/no direction/)
    await failing
    expect(await library.list()).toEqual([])
  })
})
