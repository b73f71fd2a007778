// A style file of sixty thousand pictures, as the benchmarks of the library take it in.

import { open } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { scaleToUnit } from '../../src/core/diffusion/conditioning.ts'
import { streamStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { seededInput } from '../seeded-weights.ts'
import type { StaticServer } from '../static-server.ts'

/** BENCH_ROWS makes it another number, for a machine that has little time. */
export const ROWS = Number(process.env.BENCH_ROWS ?? 60_000)
export const INTAKE_MS = 900_000
/** Thumbnails that differ; rows share them. */
const THUMBNAILS = 256
const THUMBNAIL_SIDE = 96

export async function clipOf({
  port,
}: Pick<StaticServer, 'port'>): Promise<{ readonly id: string; readonly dim: number }> {
  const pack = await (await fetch(`http://localhost:${port}/packs/kindred-mini/pack.json`)).json()
  return { id: pack.clip.id, dim: pack.clip.dim }
}

/** Rows of seeded numbers under thumbnails of seeded noise. */
export async function writeStyleFile(path: string, clip: { readonly id: string; readonly dim: number }): Promise<void> {
  const thumbnails = await Promise.all(Array.from({ length: THUMBNAILS }, (_, i) => drawThumbnail(i)))
  const embeddings = new Uint16Array(ROWS * clip.dim)
  for (let row = 0; row < ROWS; row++) {
    const values = scaleToUnit(seededInput(`library.row.${row}`, [clip.dim]).data, `row ${row}`)
    embeddings.set(floatToHalfArray(values), row * clip.dim)
  }
  const file = await open(path, 'w')
  try {
    const description = {
      ...{ id: 'bench', name: 'Sixty thousand', description: '', heldOut: false, clip },
      thumbnail: { type: 'image/webp' as const, side: THUMBNAIL_SIDE },
      items: Array.from({ length: ROWS }, (_, row) => ({ id: `row-${row}`, caption: `picture ${row}` })),
    }
    const pictures = {
      thumbnails: async (rows: readonly number[]) => rows.map((row) => thumbnails[row % THUMBNAILS] ?? null),
      images: async (rows: readonly number[]) => rows.map(() => null),
    }
    await streamStyleDatabase(description, embeddings, pictures, async (piece) => void (await file.write(piece)))
  } finally {
    await file.close()
  }
}

async function drawThumbnail(seed: number): Promise<Uint8Array> {
  const coarse = 12
  const values = seededInput(`library.thumbnail.${seed}`, [coarse * coarse * 3]).data
  const pixels = Uint8Array.from(values, (value) => 128 + 60 * value)
  const picture = sharp(pixels, { raw: { width: coarse, height: coarse, channels: 3 } })
  return new Uint8Array(await picture.resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE).webp({ quality: 80 }).toBuffer())
}

/** Makes a style of the file on the open page. Resolves to the milliseconds that it took. */
export async function takeIn(page: Page, path: string): Promise<number> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  const startedAt = performance.now()
  await chooser.setFiles(path)
  await page.getByText(/^Ready: /).waitFor({ timeout: INTAKE_MS })
  return performance.now() - startedAt
}
