// What the command lines need of an open pack: its networks, and the index over one of its style databases.

import type { ModelParts } from '../src/core/diffusion/model-parts.ts'
import { createAlphasCumprod } from '../src/core/diffusion/noise-schedule.ts'
import { bytesSource } from '../src/core/formats/byte-source.ts'
import type { OpenPack } from '../src/core/pack/open-pack.ts'
import { createFlatIndex, type NamedIndex } from '../src/core/retrieval/flat-index.ts'
import { openStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { UsageError } from './arguments.ts'

/** The index over one of the pack's style databases. Throws UsageError where there is none of that id, or of another CLIP. */
export async function openIndex(pack: OpenPack, style: string | undefined): Promise<NamedIndex> {
  const { databases, clip } = pack.manifest
  const found = databases.find(({ id }) => id === style)
  if (found === undefined) {
    throw new UsageError(`no style ${style ?? 'was named'}: there are ${databases.map(({ id }) => id).join(', ')}`)
  }
  const { description, embeddings } = await openStyleDatabase(bytesSource(await pack.read(found.file)))
  if (description.clip.id !== clip?.id) {
    const again = 'make it again with npm run database -- FOLDER --pack DIR --out FILE'
    throw new UsageError(`the database ${found.id} was made with another CLIP than the pack's: ${again}`)
  }
  return createFlatIndex(
    embeddings,
    description.clip.dim,
    description.items.map(({ id }) => id),
  )
}

/** Loads the pack's networks. */
export async function createParts(pack: OpenPack): Promise<ModelParts> {
  const { unet, schedule } = pack.manifest.diffusion
  return {
    denoiser: await pack.createDenoiser(),
    decoder: await pack.createDecoder(),
    latentChannels: unet.in_channels,
    contextDim: unet.context_dim,
    alphasCumprod: createAlphasCumprod(schedule),
  }
}
