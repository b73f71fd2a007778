// A person's own styles, opened from the library beside the pack's: searched, shown, and anew after they changed.

import { expect, it } from 'vitest'
import type { DatabaseSummary, Library, OpenDatabase } from '../../src/core/library/library.ts'
import type { ClipDescription } from '../../src/core/pack/manifest.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { withOwnStyles } from '../../src/platform/own-styles.ts'
import type { OpenStyle, StyleLibrary } from '../../src/platform/style-library.ts'
import { CLIP, many, openLibrary } from '../core/library/world.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { HUGE_THUMBNAIL, thumbnailOf } from '../fixtures/webp-header.ts'

const clip = { id: 'c'.repeat(64), dim: 2 } as ClipDescription
const packStyle = {} as OpenStyle
const packStyles: StyleLibrary = { open: async () => packStyle, sample: async () => null }

/** A library of one database, 'sea', of as many rows as it is told. */
function libraryOf(state: { revision: number; clipId: string; rows?: number; first?: Uint8Array }) {
  const opened: string[] = []
  const library: Pick<Library, 'find' | 'openDatabase' | 'sample'> = {
    find: async (id) => {
      const { revision, clipId, rows = 3 } = state
      return { id, revision, rows, clip: { id: clipId, dim: 2 } } as DatabaseSummary
    },
    sample: async () => floatToHalfArray(Float32Array.of(1, 0, 0, 1)),
    openDatabase: async (id) => {
      opened.push(id)
      const rows = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)].slice(
        0,
        state.revision + 1,
      )
      return {
        summary: { clip: { id: state.clipId, dim: 2 } },
        items: rows.map((_, row) => ({ id: `i${row}`, caption: `picture ${row}` })),
        embeddingParts: async () => rows.map(floatToHalfArray),
        thumbnails: async (asked: readonly number[]) =>
          asked.map((row) => (row === 0 ? (state.first ?? null) : thumbnailOf(`${row}`))),
        hash: async () => 'the hash',
      } as unknown as OpenDatabase
    },
  }
  return { library, opened }
}

it('finds neighbours and shows them with caption and thumbnail', async () => {
  const { library, opened } = libraryOf({ revision: 2, clipId: clip.id })
  const style = await withOwnStyles(packStyles, library, clip).open('user:sea')
  expect(opened).toEqual(['sea'])
  expect(style.ids).toEqual(['i0', 'i1', 'i2'])
  expect(await style.hash()).toBe('the hash')
  const shown = await style.picture(await style.index.search(Float32Array.of(1, 0), 2))
  expect(shown.map(({ id, caption, thumbnail }) => [id, caption, thumbnail?.type ?? null])).toEqual([
    ['i0', 'picture 0', null],
    ['i2', 'picture 2', 'image/webp'],
  ])
  expect(await style.cover(2)).toHaveLength(1)
})

it('shows no thumbnail that claims too many pixels, which the page would decode', async () => {
  const { library } = libraryOf({ revision: 2, clipId: clip.id, first: HUGE_THUMBNAIL })
  const style = await withOwnStyles(packStyles, library, clip).open('user:sea')
  const shown = await style.picture(['i0', 'i1'].map((id, row) => ({ row, id, score: 0 })))
  expect(shown.map(({ thumbnail }) => thumbnail?.type ?? null)).toEqual([null, 'image/webp'])
  expect(await style.cover(3)).toHaveLength(2)
})

it('opens a style once, and anew after it changed', async () => {
  const state = { revision: 1, clipId: clip.id }
  const { library, opened } = libraryOf(state)
  const styles = withOwnStyles(packStyles, library, clip)
  const first = await styles.open('user:sea')
  expect(await styles.open('user:sea')).toBe(first)
  state.revision = 2
  expect((await styles.open('user:sea')).ids).toHaveLength(3)
  expect(opened).toEqual(['sea', 'sea'])
})

it('is the same style under another name, has the same index under other captions, and reads what is new alone', async () => {
  const disk = createSimulatedDisk()
  const asked: string[] = []
  const library = openLibrary({
    ...{ get: disk.get, keys: disk.keys, commit: disk.commit },
    getMany: (keys) => {
      asked.push(...keys.filter((key) => /^(items|embeddings|thumbs)\//.test(key)))
      return disk.getMany(keys)
    },
  })
  const { databaseId } = await library.create({ name: 'Sea', clip: CLIP }, many('x', 9))
  const styles = withOwnStyles(packStyles, library, { id: CLIP.id, dim: CLIP.dim } as ClipDescription)
  const open = () => styles.open(`user:${databaseId}`)
  const style = await open()
  expect(asked).toHaveLength(6)

  asked.length = 0
  await library.rename(databaseId, 'Ocean')
  expect(await open()).toBe(style)
  expect(asked).toEqual([])

  await library.setCaption(databaseId, style.ids[4] ?? '', 'xx')
  asked.length = 0
  const said = await open()
  expect(said.index).toBe(style.index)
  const [shown] = await said.picture([{ row: 4, id: '', score: 0 }])
  expect(shown?.caption).toBe('xx')
  expect(asked.filter((key) => !key.startsWith('thumbs/'))).toHaveLength(1)

  await library.appendRows(databaseId, many('y', 2))
  asked.length = 0
  const grown = await open()
  expect([grown.ids.length, grown.index.rows, asked.length]).toEqual([11, 11, 2])
  const fresh = await withOwnStyles(packStyles, library, CLIP as ClipDescription).open(`user:${databaseId}`)
  expect(await grown.hash()).toBe(await fresh.hash())
  const query = Float32Array.of(1, -2, 3, 0.5)
  expect(await grown.index.search(query, 11)).toEqual(await fresh.index.search(query, 11))
})

it('closes the styles that were chosen longest ago where their rows would take more than a gigabyte', async () => {
  const { library, opened } = libraryOf({ revision: 2, clipId: clip.id, rows: 2 ** 27 })
  const styles = withOwnStyles(packStyles, library, clip)
  for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await styles.open(`user:${id}`)
  expect(opened).toEqual(['a', 'b', 'c', 'b'])
})

it('gives a sample of a large style that is not open yet, and of no other', async () => {
  const state = { revision: 1, clipId: clip.id, rows: 60_000 }
  const { library } = libraryOf(state)
  const styles = withOwnStyles(packStyles, library, clip)
  const sample = { embeddings: floatToHalfArray(Float32Array.of(1, 0, 0, 1)), dim: 2 }
  expect(await styles.sample('user:sea')).toEqual(sample)
  await styles.open('user:sea')
  expect(await styles.sample('user:sea')).toBeNull()
  state.revision = 2
  expect(await styles.sample('user:sea')).toBeNull()
  state.rows = 500
  expect(await withOwnStyles(packStyles, library, clip).sample('user:sea')).toBeNull()
  expect(await styles.sample('ink')).toBeNull()
})

it('refuses what another CLIP made', async () => {
  const { library } = libraryOf({ revision: 1, clipId: 'd'.repeat(64) })
  const opening = withOwnStyles(packStyles, library, clip).open('user:sea')
  await expect(opening).rejects.toMatchObject({ code: 'database-other-clip' })
})

it('leaves the pack’s styles to the pack', async () => {
  const { library, opened } = libraryOf({ revision: 1, clipId: clip.id })
  expect(await withOwnStyles(packStyles, library, clip).open('ink')).toBe(packStyle)
  expect(opened).toEqual([])
})
