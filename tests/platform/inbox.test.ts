// Files from outside wait in order, whole or not at all.

import { expect, it } from 'vitest'
import { createInbox, createInboxIds } from '../../src/platform/inbox.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'

const file = (name: string, text = 'x') => new File([text], name)
const ids = createInboxIds(
  () => 1_700_000_000_000,
  () => 'r',
)

it('keeps files in the order in which they came, with the name as it was sent, until they are removed', async () => {
  const inbox = createInbox(createSimulatedDisk(), ids)
  expect(await inbox.put([file('a.png'), file('<b>../x</b>')])).toBe(2)
  await inbox.put([file('c.png')])
  const items = await inbox.list()
  expect(items.map(({ name }) => name)).toEqual(['a.png', '<b>../x</b>', 'c.png'])
  await inbox.remove(items.slice(0, 2).map(({ id }) => id))
  expect((await inbox.list()).map(({ name }) => name)).toEqual(['c.png'])
})

it('drops empty files and what is more than a person shares', async () => {
  const inbox = createInbox(createSimulatedDisk(), ids)
  expect(await inbox.put([file('empty', '')])).toBe(0)
  expect(await inbox.put(Array.from({ length: 600 }, (_, at) => file(`${at}`)))).toBe(500)
})

it('keeps none of them where there is no room for all, and says so', async () => {
  const disk = createSimulatedDisk({ fullFrom: 0 })
  await expect(createInbox(disk, ids).put([file('a'), file('b')])).rejects.toMatchObject({ code: 'storage-full' })
  expect(disk.records.size).toBe(0)
})

it('leaves out records that it did not write', async () => {
  const disk = createSimulatedDisk()
  const strange = { version: 2, id: 'x', name: 'x', file: new Blob(['x']) }
  await disk.commit({ put: [['x', strange] as const, ['y', null] as const] }, 'strict')
  expect(await createInbox(disk, ids).list()).toEqual([])
})
