// The scratch disk of tools, both ways in which it keeps records.

import { afterAll, expect, it } from 'vitest'
import { openScratchDisk } from '../../tools/scratch-disk.ts'
import { describeRecordDisk } from '../core/storage/conformance.ts'

const opened: { close(): Promise<void> }[] = []

async function openOne(isLarge: boolean) {
  const disk = await openScratchDisk(() => isLarge)
  opened.push(disk)
  return disk
}

afterAll(() => Promise.all(opened.map((disk) => disk.close())))

describeRecordDisk('scratch, in memory', () => openOne(false))
describeRecordDisk('scratch, in its file', () => openOne(true))

it('says that its file failed once it is closed', async () => {
  const disk = await openScratchDisk((key) => key === 'large')
  await disk.commit({ put: [['large', new Uint8Array(9)]] }, 'strict')
  await disk.close()
  await expect(disk.get('large')).rejects.toMatchObject({ name: 'StorageError', code: 'storage-failed' })
})
