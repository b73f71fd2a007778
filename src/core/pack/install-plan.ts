// What installing a pack takes: which files, in which pieces, under which names; everything is known before a byte is fetched.

import { FormatError } from '../formats/format-error.ts'
import { CHUNK_BYTES, type PackManifest } from './manifest.ts'

/** A stretch of a file that is fetched, verified and kept as a whole. */
export interface Piece {
  /** 0.. over all pieces of the pack. */
  readonly index: number
  readonly offset: number
  readonly byteLength: number
  readonly sha256: string
}

export interface PlannedFile {
  /** Where the source has it. */
  readonly path: string
  readonly byteLength: number
  /** Of the whole file; it is stored under it. */
  readonly sha256: string
  readonly pieces: readonly Piece[]
}

export interface InstallPlan {
  /** Files that differ: paths with the same contents are one. */
  readonly files: readonly PlannedFile[]
  readonly pieceCount: number
  readonly byteLength: number
}

const MOST_FILES = 10_000
/** A file without chunk hashes is verified in one go, in memory. */
const MOST_PIECE_BYTES = 2 ** 30

/**
 * Throws FormatError('pack.json', …) where a file that the pack needs is not listed, two entries contradict each other, or
 * something is beyond what can be installed.
 */
export function planInstall(manifest: PackManifest): InstallPlan {
  for (const path of requiredPaths(manifest)) {
    if (!Object.hasOwn(manifest.files, path)) throw new FormatError('pack.json', `files does not list ${path}`)
  }
  const entries = Object.entries(manifest.files)
  if (entries.length > MOST_FILES) {
    throw new FormatError('pack.json', `lists ${entries.length} files, more than ${MOST_FILES}`)
  }
  const files = new Map<string, PlannedFile>()
  let pieceCount = 0
  for (const [path, { byteLength, sha256, chunks }] of entries) {
    const twin = files.get(sha256)
    if (twin === undefined) {
      const pieces = cutFile(path, byteLength, chunks ?? (byteLength === 0 ? [] : [sha256]), pieceCount)
      files.set(sha256, { path, byteLength, sha256, pieces })
      pieceCount += pieces.length
    } else if (twin.byteLength !== byteLength) {
      throw new FormatError('pack.json', `${twin.path} and ${path} have one SHA-256 and two lengths`)
    }
  }
  const planned = [...files.values()]
  return { files: planned, pieceCount, byteLength: planned.reduce((sum, file) => sum + file.byteLength, 0) }
}

function cutFile(path: string, byteLength: number, hashes: readonly string[], firstIndex: number): readonly Piece[] {
  const pieceBytes = hashes.length === 1 ? byteLength : CHUNK_BYTES
  if (pieceBytes > MOST_PIECE_BYTES) {
    throw new FormatError('pack.json', `${path} is ${byteLength} bytes long and has no chunk hashes`)
  }
  return hashes.map((sha256, i) => {
    const offset = i * pieceBytes
    return { index: firstIndex + i, offset, byteLength: Math.min(pieceBytes, byteLength - offset), sha256 }
  })
}

/** Every path by which the manifest refers to a file of the pack. */
function requiredPaths({ denoiser, decoder, encoder, databases, covers }: PackManifest): readonly string[] {
  const parts = [denoiser, decoder, ...(encoder === null ? [] : [encoder])]
  return [
    ...parts.flatMap(({ graphs, shards }) => [
      ...shards,
      ...graphs.flatMap(({ file, externalData }) => [file, ...externalData.map(({ shard }) => shard)]),
    ]),
    ...databases.map(({ file }) => file),
    ...(covers === undefined ? [] : [covers]),
  ]
}
