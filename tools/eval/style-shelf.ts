// The pack's style databases, opened when asked for and kept.

import { bytesSource } from '../../src/core/formats/byte-source.ts'
import type { OpenPack } from '../../src/core/pack/open-pack.ts'
import { openStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { UsageError } from '../arguments.ts'

export interface ShelvedStyle {
  readonly dim: number
  /** Row-major float16 bits, [ids, dim]. */
  readonly embeddings: Uint16Array
  /** The rows' names. */
  readonly ids: readonly string[]
  /** A row's WebP; null where it has none. */
  thumbnail(row: number): Promise<Uint8Array | null>
}

export interface StyleShelf {
  /** Throws UsageError where there is no such style, or it was made with another CLIP. */
  open(id: string): Promise<ShelvedStyle>
}

export function createStyleShelf(pack: OpenPack): StyleShelf {
  const opened = new Map<string, Promise<ShelvedStyle>>()
  return {
    open: (id) => {
      const style = opened.get(id) ?? openStyle(pack, id)
      opened.set(id, style)
      return style
    },
  }
}

async function openStyle({ manifest, read }: OpenPack, id: string): Promise<ShelvedStyle> {
  const found = manifest.databases.find((database) => database.id === id)
  if (found === undefined) throw new UsageError(`no style ${id} in the pack`)
  const { description, embeddings, thumbnails } = await openStyleDatabase(bytesSource(await read(found.file)))
  if (description.clip.id !== manifest.clip?.id) throw new UsageError(`the database ${id} was made with another CLIP`)
  const thumbnail = async (row: number) => (await thumbnails([row]))[0] ?? null
  return { dim: description.clip.dim, embeddings, ids: description.items.map((item) => item.id), thumbnail }
}
