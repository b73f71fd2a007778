// The pack that ships, held against what `npm run convert` would write and against what it may weigh.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { writeDatabases } from '../../../src/core/pack/built-in-databases.ts'
import { parsePackManifest } from '../../../src/core/pack/manifest.ts'
import { openStyleDatabase } from '../../../src/core/retrieval/style-database.ts'
import { BUILT_IN_PACK, sha256 } from '../../../tools/pack-folder.ts'

const manifest = parsePackManifest(readFileSync(join(BUILT_IN_PACK, 'pack.json'), 'utf8'))
/** As training/pack.sh gives it to convert. */
const FIRST = /^first=(.*)\nfirst_unseen=(.*)$/m
  .exec(readFileSync(new URL('../../../training/pack.sh', import.meta.url), 'utf8'))
  ?.slice(1)
  .flatMap((ids) => ids.split(','))
const read = (path: string) => new Uint8Array(readFileSync(join(BUILT_IN_PACK, path)))

describe('the built-in pack', () => {
  it('has the databases that convert would list, and their covers byte by byte', async () => {
    const names = readdirSync(join(BUILT_IN_PACK, 'databases'))
    const databases = new Map(names.sort().map((name) => [name, read(`databases/${name}`)]))
    const written = new Map<string, Uint8Array>()
    const listed = await writeDatabases(
      { databases, first: FIRST ?? [] },
      manifest.clip?.id ?? null,
      async (path, chunks) => {
        written.set(path, new Uint8Array(Buffer.concat([...chunks])))
      },
    )
    expect({ databases: manifest.databases, covers: manifest.covers }).toEqual(listed)
    const covers = written.get('covers.zip') ?? new Uint8Array()
    expect(Buffer.compare(read('covers.zip'), covers)).toBe(0)
    expect(manifest.files['covers.zip']).toEqual({ byteLength: covers.length, sha256: await sha256(covers) })
  })

  it('shows first the styles that come out best, then the other trained ones, then those it never saw', () => {
    expect(FIRST?.length).toBeGreaterThan(0)
    const ids = (heldOut: boolean) =>
      manifest.databases.filter((style) => style.heldOut === heldOut).map(({ id }) => id)
    expect(manifest.databases.map(({ id }) => id)).toEqual([...ids(false), ...ids(true)])
    for (const shown of [ids(false), ids(true)]) {
      const leading = (FIRST ?? []).filter((id) => shown.includes(id))
      expect(shown.slice(0, leading.length)).toEqual(leading)
    }
  })

  it('lists every file of its folder with its length, and no other', () => {
    const found = readdirSync(BUILT_IN_PACK, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(BUILT_IN_PACK.length + 1).replaceAll('\\', '/'), statSync(path).size] as const)
      .filter(([path]) => path !== 'pack.json')
    const listed = Object.entries(manifest.files).map(([path, { byteLength }]) => [path, byteLength] as const)
    expect(new Map(found)).toEqual(new Map(listed))
  })

  it('is a download of 30 MB at most, its databases of 8 MB', () => {
    const sizeOf = (paths: readonly string[]) =>
      paths.reduce((sum, path) => sum + statSync(join(BUILT_IN_PACK, path)).size, 0)
    expect(sizeOf(['pack.json', ...Object.keys(manifest.files)])).toBeLessThanOrEqual(30_000_000)
    expect(sizeOf(manifest.databases.map(({ file }) => file))).toBeLessThanOrEqual(8_000_000)
  })

  it('has eight databases of 200 pictures or more, two of them of styles that the model never saw', () => {
    const large = manifest.databases.filter(({ rows }) => rows >= 200)
    expect(large.length).toBeGreaterThanOrEqual(8)
    expect(large.filter(({ heldOut }) => heldOut).length).toBeGreaterThanOrEqual(2)
  })

  it('has a thumbnail of 1.2 KiB at most for every row', async () => {
    for (const { id, file, rows } of manifest.databases) {
      const { thumbnails } = await openStyleDatabase(bytesSource(read(file)))
      const found = await thumbnails(Array.from({ length: rows }, (_, row) => row))
      const sizes = found.map((thumbnail) => thumbnail?.length)
      expect(
        sizes.filter((size) => size === undefined || size === 0 || size > 1229),
        id,
      ).toEqual([])
    }
  })
})
