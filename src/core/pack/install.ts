// Installs a pack on a disk, piece by piece: each is verified, written and flushed before it counts, and the pack counts last.

import { FormatError } from '../formats/format-error.ts'
import { type FileDisk, writeWhole } from '../storage/file-disk.ts'
import { dataName, isPackId, nameOf, parseStoredName } from './install-names.ts'
import { readPieces } from './install-pieces.ts'
import { type InstallPlan, type Piece, type PlannedFile, planInstall } from './install-plan.ts'
import { type PackSource, SourceFailure } from './install-source.ts'
import type { PackDisk } from './installed-packs.ts'
import type { Sha256 } from './integrity.ts'
import type { PackManifest } from './manifest.ts'
import type { StylesParser } from './pack-parser.ts'

/** An install that has its room on the disk and can go on, now or after a crash. */
export interface PendingInstall {
  readonly id: string
  readonly manifest: PackManifest
  readonly plan: InstallPlan
}

export interface InstallDependencies {
  readonly disk: FileDisk
  readonly sha256: Sha256
  /** Resolves after a while; rejects where the install is cancelled meanwhile. */
  readonly wait: (milliseconds: number) => Promise<void>
}

/** How often a piece is asked for again, and how long the first time waits; each later one waits twice as long. */
const RETRIES = 3
const FIRST_WAIT_MS = 1000

/**
 * Takes all the room that the pack needs and writes down what is to be installed. Where it fails nothing is left behind.
 * Rejects with StorageError('storage-full') where there is not enough room, with FormatError where pack.json is not right.
 *
 * @param manifestBytes pack.json
 * @param from what `resume` will be told of the source; JSON
 * @returns null where the pack is installed already
 */
export async function beginInstall(
  packs: PackDisk,
  manifestBytes: Uint8Array,
  from: string,
): Promise<PendingInstall | null> {
  const { disk, sha256, parser } = packs
  const { manifest, plan } = await readPlan(manifestBytes, parser)
  const id = await sha256(manifestBytes)
  const names = await disk.list()
  if (names.has(nameOf(id, 'pack'))) return null
  if (names.has(nameOf(id, 'part'))) return resumeInstall(packs, id)
  try {
    for (const file of plan.files) await disk.reserve(dataName(id, file.sha256), file.byteLength)
    await disk.reserve(nameOf(id, 'done'), plan.pieceCount)
    await writeWhole(disk, nameOf(id, 'from'), new TextEncoder().encode(from))
    await writeWhole(disk, nameOf(id, 'part'), manifestBytes)
  } catch (error) {
    await discard(disk, id).catch(() => undefined)
    throw error
  }
  return { id, manifest, plan }
}

/**
 * Takes up an install that was interrupted. Rejects with FormatError('pack', …) where there is none, with
 * StorageError('storage-full') where a file lost its room and there is no more.
 */
export async function resumeInstall({ disk, sha256, parser }: PackDisk, id: string): Promise<PendingInstall> {
  if (!isPackId(id)) throw new FormatError('pack', `${JSON.stringify(id)} is no pack's id`)
  const bytes = new Uint8Array(await (await disk.read(nameOf(id, 'part'))).arrayBuffer())
  if ((await sha256(bytes)) !== id) throw new FormatError('pack', `${nameOf(id, 'part')} is damaged`)
  const { manifest, plan } = await readPlan(bytes, parser)
  const lengths = await disk.list()
  const isWhole = ({ sha256, byteLength }: PlannedFile) => lengths.get(dataName(id, sha256)) === byteLength
  const lost = plan.files.filter((file) => !isWhole(file))
  if (lost.length > 0 || lengths.get(nameOf(id, 'done')) !== plan.pieceCount) {
    // What they held is gone, and must not count when they have their room again.
    const done = await readDone(disk, id, plan)
    for (const { pieces } of lost) for (const { index } of pieces) done[index] = 0
    await disk.remove(nameOf(id, 'done'))
    for (const { sha256, byteLength } of lost) await disk.reserve(dataName(id, sha256), byteLength)
    await writeWhole(disk, nameOf(id, 'done'), done)
  }
  return { id, manifest, plan }
}

/**
 * Fetches what is missing, and makes the pack count. Rejects with SourceFailure where the source gives up, with
 * FormatError('pack', …), naming the bytes, where it keeps giving wrong ones, with StorageError, or with the source's own
 * error where it was cancelled; what was verified until then stays for `resumeInstall`.
 *
 * @param onProgress bytes that are there, of plan.byteLength; and after a failure that will be tried again, its message
 */
export async function finishInstall(
  { disk, sha256, wait }: InstallDependencies,
  { id, plan }: PendingInstall,
  source: PackSource,
  onProgress: (byteLength: number, trouble: string | null) => void,
): Promise<void> {
  const done = await readDone(disk, id, plan)
  let there = 0
  for (const { pieces } of plan.files)
    for (const piece of pieces) if (done[piece.index] === 1) there += piece.byteLength
  onProgress(there, null)
  const progressFile = await disk.open(nameOf(id, 'done'))
  try {
    for (const file of plan.files) {
      if (file.pieces.every(({ index }) => done[index] === 1)) continue
      const data = await disk.open(dataName(id, file.sha256))
      const keep = async (piece: Piece, bytes: Uint8Array) => {
        await data.write(bytes, piece.offset)
        await data.flush()
        await progressFile.write(Uint8Array.of(1), piece.index)
        await progressFile.flush()
        done[piece.index] = 1
        there += piece.byteLength
        onProgress(there, null)
      }
      try {
        await fillFile(file, source, sha256, done, keep, async (message, milliseconds) => {
          onProgress(there, message)
          await wait(milliseconds)
        })
      } finally {
        await data.close()
      }
    }
  } finally {
    await progressFile.close()
  }
  await disk.move(nameOf(id, 'part'), nameOf(id, 'pack'))
  await disk.remove(nameOf(id, 'done'))
  // So that the new name survives too.
  const pack = await disk.open(nameOf(id, 'pack'))
  await pack.flush().finally(() => pack.close())
}

/** Removes a pack, installed or not. It stops counting first: interrupted, the rest is swept at the next start. */
export async function discard(disk: FileDisk, id: string): Promise<void> {
  await disk.remove(nameOf(id, 'pack'))
  await disk.remove(nameOf(id, 'part'))
  for (const name of (await disk.list()).keys()) {
    if (parseStoredName(name)?.id === id) await disk.remove(name)
  }
}

/** Asks for the file's missing pieces until all are kept. */
async function fillFile(
  file: PlannedFile,
  source: PackSource,
  sha256: Sha256,
  done: Uint8Array,
  keep: (piece: Piece, bytes: Uint8Array) => Promise<void>,
  tellAndWait: (message: string, milliseconds: number) => Promise<void>,
): Promise<void> {
  const isMissing = ({ index }: Piece) => done[index] !== 1
  let failures = 0
  for (;;) {
    const next = file.pieces.find(isMissing)
    if (next === undefined) return
    try {
      const stream = await source.open(file.path, next.offset, next.offset + next.byteLength, file.byteLength)
      for await (const { piece, bytes } of readPieces(file, stream, isMissing, sha256)) {
        await keep(piece, bytes)
        failures = 0
      }
    } catch (error) {
      if (!(error instanceof SourceFailure) || error.kind === 'lasting') throw error
      if (++failures > RETRIES) throw error.kind === 'damage' ? new FormatError('pack', error.message) : error
      await tellAndWait(error.message, FIRST_WAIT_MS * 2 ** (failures - 1))
    }
  }
}

async function readPlan(
  bytes: Uint8Array,
  parser: Pick<StylesParser, 'parseManifest'>,
): Promise<{ manifest: PackManifest; plan: InstallPlan }> {
  const manifest = await parser.parseManifest(bytes)
  return { manifest, plan: planInstall(manifest) }
}

/** A byte for each piece, 1 where it is there; none is where the file is not. */
async function readDone(disk: FileDisk, id: string, { pieceCount }: InstallPlan): Promise<Uint8Array> {
  const name = nameOf(id, 'done')
  if ((await disk.list()).get(name) !== pieceCount) return new Uint8Array(pieceCount)
  return new Uint8Array(await (await disk.read(name)).arrayBuffer())
}
