// A person's own styles, opened from the library beside the pack's: searched, shown, and anew after they changed.

import { expect, it } from 'vitest'
import type { DatabaseSummary, Library, OpenDatabase } from '../../src/core/library/library.ts'
import type { ClipDescription } from '../../src/core/pack/manifest.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { withOwnStyles } from '../../src/platform/own-styles.ts'
import type { OpenStyle, StyleLibrary } from '../../src/platform/style-library.ts'

const clip = { id: 'c'.repeat(64), dim: 2 } as ClipDescription
const packStyle = {} as OpenStyle
const packStyles: StyleLibrary = { open: async () => packStyle, sample: async () => null }

/** A library of one database, 'sea', of as many rows as it is told. */
function libraryOf(state: { revision: number; clipId: string; rows?: number }) {
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
        readEmbeddings: async () => floatToHalfArray(Float32Array.from(rows.flatMap((row) => [...row]))),
        thumbnails: async (asked: readonly number[]) => asked.map((row) => (row === 0 ? null : Uint8Array.of(row))),
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
  expect(style).toMatchObject({ ids: ['i0', 'i1', 'i2'], hash: 'the hash' })
  const shown = await style.picture(await style.index.search(Float32Array.of(1, 0), 2))
  expect(shown.map(({ id, caption, thumbnail }) => [id, caption, thumbnail?.type ?? null])).toEqual([
    ['i0', 'picture 0', null],
    ['i2', 'picture 2', 'image/webp'],
  ])
  expect(await style.cover(2)).toHaveLength(1)
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

it('gives a sample of a large style that is not open yet, and of no other', async () => {
  const state = { revision: 1, clipId: clip.id, rows: 60_000 }
  const { library } = libraryOf(state)
  const styles = withOwnStyles(packStyles, library, clip)
  const sample = { embeddings: floatToHalfArray(Float32Array.of(1, 0, 0, 1)), dim: 2 }
  expect(await styles.sample('user:sea')).toEqual(sample)
  await styles.open('user:sea')
  expect(await styles.sample('user:sea')).toBeNull()
  state.revision = 2
  expect(await styles.sample('user:sea')).toEqual(sample)
  state.rows = 500
  expect(await styles.sample('user:sea')).toBeNull()
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
