// Contact sheets: pictures in rows and columns as one WebP file each, with the neighbours that shaped them.

import sharp, { type OverlayOptions } from 'sharp'
import type { Result } from './job.ts'
import type { StyleShelf } from './style-shelf.ts'

/** A picture's place in a sheet; null leaves it empty. */
export type Tile = { readonly picture: Buffer; readonly neighbours: readonly Buffer[] } | null

export interface Sheet {
  readonly name: string
  readonly alt: string
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  /** By row, then by column. */
  readonly tiles: readonly (readonly Tile[])[]
  /** Pixels, without the neighbours. */
  readonly tile: { readonly width: number; readonly height: number }
}

export interface EncodedSheet extends Sheet {
  readonly file: string
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
}

const GAP = 8
const UNDER = 3
/** Four neighbours fill a picture's width. */
const NEIGHBOURS = 4

/** A tile of a result that kept its picture; with `shelf`, also of its nearest neighbours. */
export async function makeTile(result: Result | undefined, shelf?: StyleShelf): Promise<Tile> {
  if (result?.picture === undefined) return null
  const thumbnails = await Promise.all(
    (shelf === undefined ? [] : result.neighbours).map(async ([style, row]) =>
      (await shelf?.open(style))?.thumbnail(row),
    ),
  )
  return {
    picture: Buffer.from(result.picture, 'base64'),
    neighbours: thumbnails.flatMap((webp) => (webp ? [Buffer.from(webp)] : [])),
  }
}

/** All sheets at the best quality at which they fit into `byteLength` together, or at the worst of four. */
export async function encodeSheets(sheets: readonly Sheet[], byteLength: number): Promise<EncodedSheet[]> {
  let encoded: EncodedSheet[] = []
  for (const quality of [78, 66, 54, 40]) {
    encoded = []
    for (const sheet of sheets) encoded.push(await encodeSheet(sheet, quality))
    if (encoded.reduce((sum, { bytes }) => sum + bytes.length, 0) <= byteLength) break
  }
  return encoded
}

async function encodeSheet(sheet: Sheet, quality: number): Promise<EncodedSheet> {
  const { width, height } = sheet.tile
  const small = Math.floor((width - UNDER * (NEIGHBOURS - 1)) / NEIGHBOURS)
  const hasNeighbours = sheet.tiles.some((row) => row.some((tile) => tile !== null && tile.neighbours.length > 0))
  const whole = height + (hasNeighbours ? UNDER + small : 0)
  const parts: OverlayOptions[] = []
  for (const [y, row] of sheet.tiles.entries()) {
    for (const [x, tile] of row.entries()) {
      if (tile === null) continue
      const [left, top] = [x * (width + GAP), y * (whole + GAP)]
      parts.push({ input: await sharp(tile.picture).resize(width, height).png().toBuffer(), left, top })
      for (const [i, neighbour] of tile.neighbours.slice(0, NEIGHBOURS).entries()) {
        const input = await sharp(neighbour).resize(small, small).png().toBuffer()
        parts.push({ input, left: left + i * (small + UNDER), top: top + height + UNDER })
      }
    }
  }
  const size = {
    width: sheet.columns.length * (width + GAP) - GAP,
    height: sheet.rows.length * (whole + GAP) - GAP,
  }
  const ground = { ...size, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } }
  const bytes = await sharp({ create: ground })
    .composite(parts)
    .webp({ quality, alphaQuality: 60, effort: 5 })
    .toBuffer()
  return { ...sheet, ...size, file: `${sheet.name}.webp`, bytes }
}
