// What packs a disk holds: listing them, reading them, checking them, and clearing away what interruptions left.

import { FormatError } from '../formats/format-error.ts'
import { type FileDisk, writeWhole } from '../storage/file-disk.ts'
import type { PackFiles } from './inference.ts'
import { dataName, isPackId, nameOf, parseStoredName } from './install-names.ts'
import { describeDamage } from './install-pieces.ts'
import { type PlannedFile, planInstall } from './install-plan.ts'
import type { Sha256 } from './integrity.ts'
import type { PackManifest } from './manifest.ts'
import type { StylesParser } from './pack-parser.ts'

/** Where packs lie, and what verifies and reads them. */
export interface PackDisk<Disk = FileDisk> {
  readonly disk: Disk
  readonly sha256: Sha256
  readonly parser: Pick<StylesParser, 'parseManifest'>
}

export interface StoredPack {
  /** SHA-256 of its pack.json. */
  readonly id: string
  /** 'unfinished': an install that can be taken up again. 'damaged': a file of it is gone or has another length. */
  readonly state: 'installed' | 'unfinished' | 'damaged'
  readonly manifest: PackManifest
  /** Of all its files. */
  readonly byteLength: number
  /** Of the pieces that are there. */
  readonly verifiedBytes: number
  /** What beginInstall was told of the source; '' where that was lost. */
  readonly from: string
}

/** Every pack on the disk, by name. A pack.json that cannot be read is none. */
export async function listPacks(stored: PackDisk): Promise<readonly StoredPack[]> {
  const names = await stored.disk.list()
  const packs: StoredPack[] = []
  for (const name of names.keys()) {
    const parsed = parseStoredName(name)
    if (parsed?.kind !== 'pack' && parsed?.kind !== 'part') continue
    const pack = await describePack(stored, parsed.id, parsed.kind, names)
    if (pack !== null) packs.push(pack)
  }
  return packs.sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1))
}

/**
 * Removes whatever belongs to no pack: what an interrupted install left before it could be taken up again, what an interrupted
 * removal left, and anything that an install did not write.
 *
 * @param busy ids of packs that are being installed elsewhere now, which are left alone
 */
export async function sweepPacks(stored: PackDisk, busy: ReadonlySet<string>): Promise<void> {
  const { disk } = stored
  const packs = new Map((await listPacks(stored)).map((pack) => [pack.id, pack]))
  for (const name of (await disk.list()).keys()) {
    const parsed = parseStoredName(name)
    if (parsed !== null && busy.has(parsed.id)) continue
    const pack = parsed === null ? undefined : packs.get(parsed.id)
    if (pack === undefined || parsed === null || !belongs(parsed, pack)) await disk.remove(name)
  }
}

/** An installed pack's files; weights as references to what lies on the disk. Every read rejects with FormatError or StorageError. */
export function installedPackFiles<Parser extends Pick<StylesParser, 'parseManifest'>>(
  { disk, sha256, parser }: PackDisk<Pick<FileDisk, 'read'>> & { readonly parser: Parser },
  id: string,
  /** Picks 0..count-1 for the one piece of a file that is verified each time that it is handed out as a Blob. */
  pick: (count: number) => number,
): PackFiles<Parser> & { blob(path: string): Promise<Blob> } {
  if (!isPackId(id)) throw new FormatError('pack', `${JSON.stringify(id)} is no pack's id`)
  let planned: Promise<ReadonlyMap<string, PlannedFile>> | null = null
  const readManifest = async () => {
    const bytes = await readBytes(disk, nameOf(id, 'pack'))
    if ((await sha256(bytes)) !== id) throw new FormatError('pack', 'pack.json is damaged')
    return bytes
  }
  const find = async (path: string): Promise<PlannedFile> => {
    planned ??= readManifest().then(async (bytes) => filesByPath(await parser.parseManifest(bytes)))
    const file = (await planned).get(path)
    if (file === undefined) throw new FormatError('pack', `${path}: pack.json does not list it`)
    return file
  }
  return {
    parser,
    read: async (path) =>
      path === 'pack.json' ? readManifest() : readBytes(disk, dataName(id, (await find(path)).sha256)),
    blob: async (path) => {
      const file = await find(path)
      const blob = await disk.read(dataName(id, file.sha256))
      if (blob.size !== file.byteLength) {
        throw new FormatError('pack', `${path}: ${blob.size} bytes, not ${file.byteLength}`)
      }
      const piece = file.pieces[pick(file.pieces.length)]
      if (piece !== undefined && !(await isRight(blob, piece, sha256))) {
        throw new FormatError('pack', describeDamage(path, piece))
      }
      return blob
    },
  }
}

/**
 * Verifies every piece of a pack, and returns how many are wrong. A pack with wrong ones stops counting: it is unfinished from
 * then on, and `resumeInstall` can fetch those pieces again.
 */
export async function checkPack(
  { disk, sha256, parser }: PackDisk,
  id: string,
  onProgress: (byteLength: number, total: number) => void,
): Promise<number> {
  const plan = planInstall(await parser.parseManifest(await readBytes(disk, nameOf(id, 'pack'))))
  const lengths = await disk.list()
  const done = new Uint8Array(plan.pieceCount)
  let read = 0
  for (const file of plan.files) {
    const name = dataName(id, file.sha256)
    const blob = lengths.get(name) === file.byteLength ? await disk.read(name) : null
    for (const piece of file.pieces) {
      if (blob !== null && (await isRight(blob, piece, sha256))) done[piece.index] = 1
      read += piece.byteLength
      onProgress(read, plan.byteLength)
    }
  }
  const wrong = done.reduce((count, is) => count + 1 - is, 0)
  if (wrong > 0) {
    await disk.remove(nameOf(id, 'done'))
    await disk.move(nameOf(id, 'pack'), nameOf(id, 'part'))
    await writeWhole(disk, nameOf(id, 'done'), done)
  }
  return wrong
}

async function describePack(
  { disk, sha256, parser }: PackDisk,
  id: string,
  kind: 'pack' | 'part',
  names: ReadonlyMap<string, number>,
): Promise<StoredPack | null> {
  try {
    const bytes = await readBytes(disk, nameOf(id, kind))
    if ((await sha256(bytes)) !== id) return null
    const manifest = await parser.parseManifest(bytes)
    const { files, byteLength } = planInstall(manifest)
    const from = names.has(nameOf(id, 'from'))
      ? new TextDecoder().decode(await readBytes(disk, nameOf(id, 'from')))
      : ''
    const isThere = ({ sha256, byteLength }: PlannedFile) => names.get(dataName(id, sha256)) === byteLength
    if (kind === 'pack') {
      const state = files.every(isThere) ? 'installed' : 'damaged'
      return { id, state, manifest, byteLength, verifiedBytes: byteLength, from }
    }
    const done = names.has(nameOf(id, 'done')) ? await readBytes(disk, nameOf(id, 'done')) : new Uint8Array(0)
    let verifiedBytes = 0
    for (const { pieces } of files.filter(isThere)) {
      for (const { index, byteLength } of pieces) if (done[index] === 1) verifiedBytes += byteLength
    }
    return { id, state: 'unfinished', manifest, byteLength, verifiedBytes, from }
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

function belongs(name: NonNullable<ReturnType<typeof parseStoredName>>, { state, manifest }: StoredPack): boolean {
  if (name.kind === 'data') return Object.values(manifest.files).some(({ sha256 }) => sha256 === name.sha256)
  if (name.kind === 'done' || name.kind === 'part') return state === 'unfinished'
  return true
}

function filesByPath(manifest: PackManifest): ReadonlyMap<string, PlannedFile> {
  const bySha256 = new Map(planInstall(manifest).files.map((file) => [file.sha256, file]))
  const found = new Map<string, PlannedFile>()
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const file = bySha256.get(sha256)
    if (file !== undefined) found.set(path, file)
  }
  return found
}

async function isRight(
  blob: Blob,
  { offset, byteLength, sha256: expected }: PlannedFile['pieces'][number],
  sha256: Sha256,
): Promise<boolean> {
  const bytes = new Uint8Array(await blob.slice(offset, offset + byteLength).arrayBuffer())
  return bytes.byteLength === byteLength && (await sha256(bytes)) === expected
}

async function readBytes(disk: Pick<FileDisk, 'read'>, name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await disk.read(name)).arrayBuffer())
}
