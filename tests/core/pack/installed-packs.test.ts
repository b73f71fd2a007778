// What packs a disk holds, where what lies there is not what was written.

import { expect, it } from 'vitest'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import { beginInstall, finishInstall, resumeInstall } from '../../../src/core/pack/install.ts'
import { dataName, nameOf } from '../../../src/core/pack/install-names.ts'
import { installedPackFiles, listPacks } from '../../../src/core/pack/installed-packs.ts'
import { sha256 } from '../../../tools/pack-folder.ts'
import { createSimulatedFileDisk } from '../storage/simulated-file-disk.ts'
import { memorySource } from './memory-source.ts'
import { makeSmallPack, type SmallPack } from './small-pack.ts'

const small = makeSmallPack()
const WEIGHTS = 'weights/denoiser.safetensors'

async function begin(disk: ReturnType<typeof createSimulatedFileDisk>, { files }: SmallPack) {
  return beginInstall({ disk, sha256, parser: directParser }, files.get('pack.json') ?? new Uint8Array(), '{}')
}

async function install(disk: ReturnType<typeof createSimulatedFileDisk>, pack: SmallPack): Promise<void> {
  const pending = await begin(disk, pack)
  if (pending === null) return
  await finishInstall({ disk, sha256, wait: async () => {} }, pending, memorySource(pack.files), () => {})
}

it('are listed by name, in whatever order they came', async () => {
  const named = (name: string, salt: number) => makeSmallPack({}, salt, name)
  const disk = createSimulatedFileDisk()
  for (const pack of [named('Wave', 1), named('Ink', 2), named('Sea', 3)]) await install(disk, pack)
  expect((await listPacks({ disk, sha256, parser: directParser })).map(({ manifest }) => manifest.name)).toEqual([
    'Ink',
    'Sea',
    'Wave',
  ])
})

it('give no weights of which a part is missing', async () => {
  const disk = createSimulatedFileDisk()
  await install(disk, small)
  await disk.reserve(dataName(small.id, small.manifest.files[WEIGHTS]?.sha256 ?? ''), 12)
  const files = installedPackFiles({ disk, sha256, parser: directParser }, small.id, () => 0)
  await expect(files.blob(WEIGHTS)).rejects.toThrow(`${WEIGHTS}: 12 bytes, not 60000`)
})

it('say nothing of where they came from once that was lost, and are whole all the same', async () => {
  const disk = createSimulatedFileDisk()
  await install(disk, small)
  await disk.remove(nameOf(small.id, 'from'))
  expect(await listPacks({ disk, sha256, parser: directParser })).toMatchObject([{ state: 'installed', from: '' }])
})

it('are not there where pack.json is no pack’s, whatever it is called', async () => {
  const disk = createSimulatedFileDisk()
  const bytes = new TextEncoder().encode('{"format":"other"}')
  const id = await sha256(bytes)
  await disk.reserve(nameOf(id, 'pack'), bytes.byteLength)
  const file = await disk.open(nameOf(id, 'pack'))
  await file.write(bytes, 0)
  await file.close()
  expect(await listPacks({ disk, sha256, parser: directParser })).toEqual([])
})

it('begun twice go on from what there is of them', async () => {
  const disk = createSimulatedFileDisk()
  const first = await begin(disk, small)
  const again = await begin(disk, small)
  expect(again).toEqual(first)
  expect((await listPacks({ disk, sha256, parser: directParser })).map(({ state }) => state)).toEqual(['unfinished'])
})

it('are not taken up again under a name that is none, or from another pack.json', async () => {
  const disk = createSimulatedFileDisk()
  await expect(resumeInstall({ disk, sha256, parser: directParser }, '../x')).rejects.toThrow("is no pack's id")
  await begin(disk, small)
  const file = await disk.open(nameOf(small.id, 'part'))
  await file.write(Uint8Array.of(32), 5)
  await file.close()
  await expect(resumeInstall({ disk, sha256, parser: directParser }, small.id)).rejects.toThrow('is damaged')
})
