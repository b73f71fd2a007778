// Walking what was dropped, over handles and entries as browsers give them.

import { describe, expect, it } from 'vitest'
import {
  askToRead,
  findByHandles,
  findPicked,
  findTransferred,
  groupByFolder,
} from '../../src/platform/dropped-files.ts'
import type { FileEntry } from '../../src/protocol/library-jobs.ts'

type Tree = { readonly [name: string]: Tree | null }

/** Null is a file. */
function handle(name: string, tree: Tree | null): FileSystemHandle {
  if (tree === null)
    return { kind: 'file', name, getFile: async () => new File([], name) } as unknown as FileSystemHandle
  return {
    kind: 'directory',
    name,
    async *values() {
      for (const [inside, subtree] of Object.entries(tree)) yield handle(inside, subtree)
      if (name === 'vanishing') throw new DOMException('gone', 'NotFoundError')
    },
  } as unknown as FileSystemHandle
}

/** The older interface: entries with callbacks, handed out two at a time. */
function entry(name: string, tree: Tree | null, path = ''): FileSystemEntry {
  const fullPath = `${path}/${name}`
  if (tree === null) {
    const file = (found: (file: File) => void, failed: () => void) =>
      name === 'locked' ? failed() : found(new File([], name))
    return { isFile: true, name, fullPath, file } as unknown as FileSystemEntry
  }
  const createReader = () => {
    const left = Object.entries(tree).map(([inside, subtree]) => entry(inside, subtree, fullPath))
    return { readEntries: (found: (entries: FileSystemEntry[]) => void) => found(left.splice(0, 2)) }
  }
  return { isFile: false, name, fullPath, createReader } as unknown as FileSystemEntry
}

async function paths(entries: AsyncIterable<FileEntry>): Promise<string[]> {
  const all: string[] = []
  for await (const { path, file } of entries) all.push(file === null ? `${path} (not to be had)` : path)
  return all
}

const FOLDER: Tree = { '10.png': null, '2.png': null, sub: { deep: { 'x.png': null } }, '1.png': null }
const WALKED = ['art/1.png', 'art/2.png', 'art/10.png', 'art/sub/deep/x.png']

const transfer = (items: readonly object[]) =>
  findTransferred({ items: items as unknown as DataTransferItemList }) as ReturnType<typeof findTransferred>

describe('a drop', () => {
  it('is walked by handles where there are any, which are kept, numbers in names in their order', async () => {
    const art = handle('art', FOLDER)
    const item = {
      kind: 'file',
      getAsFileSystemHandle: async () => art,
      webkitGetAsEntry: () => entry('art', FOLDER),
      getAsFile: () => null,
    }
    const { entries, handles } = transfer([item, { kind: 'string' }])
    expect(await handles).toEqual([art])
    expect(await paths(entries)).toEqual(WALKED)
  })

  it('is walked by entries elsewhere, however few a reader hands out at once; a file that cannot be had is listed', async () => {
    const item = {
      kind: 'file',
      webkitGetAsEntry: () => entry('art', { ...FOLDER, locked: null }),
      getAsFile: () => null,
    }
    const { entries, handles } = transfer([item])
    expect(await handles).toEqual([])
    expect(await paths(entries)).toEqual([...WALKED.slice(0, 3), 'art/locked (not to be had)', 'art/sub/deep/x.png'])
  })

  it('may be a picture without a folder, as pasted ones are', async () => {
    const item = { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => new File([], 'image.png') }
    expect(await paths(transfer([item]).entries)).toEqual(['image.png'])
  })
})

describe('a folder by its handle', () => {
  it('that vanishes while it is listed gives what was listed', async () => {
    expect(await paths(findByHandles([handle('vanishing', { a: null })]).entries)).toEqual(['vanishing/a'])
  })

  it('that goes round in circles ends', async () => {
    const round = {
      kind: 'directory',
      name: 'o',
      async *values() {
        yield round
        yield handle('a', null)
      },
    } as unknown as FileSystemHandle
    expect(await paths(findByHandles([round]).entries)).toHaveLength(64)
  })

  it('is asked for once more before it is read again', async () => {
    const granting = (answer: string) => ({ requestPermission: async () => answer }) as unknown as FileSystemHandle
    expect(await askToRead([granting('granted'), handle('a', null)])).toBe(true)
    expect(await askToRead([granting('granted'), granting('denied')])).toBe(false)
  })
})

it('picked files keep the paths of their folder', async () => {
  const file = Object.assign(new File([], 'a.png'), { webkitRelativePath: 'art/a.png' })
  expect(await paths(findPicked([file]).entries)).toEqual(['art/a.png'])
})

it('a picked folder is in the order of a walked one, and picked files in their own', async () => {
  const from = (path: string) =>
    Object.assign(new File([], path.split('/').at(-1) ?? ''), { webkitRelativePath: path.includes('/') ? path : '' })
  const shuffled = [3, 1, 0, 2].map((at) => from(WALKED[at] ?? ''))
  expect(await paths(findPicked(shuffled).entries)).toEqual(WALKED)
  expect(await paths(findPicked(['b', 'a'].map(from)).entries)).toEqual(['b', 'a'])
})

describe('grouping by folder', () => {
  const at = (...all: string[]) => all.map((path): FileEntry => ({ path, file: null }))

  it('offers one group for each folder that holds files', () => {
    const groups = groupByFolder(at('art/oil/1', 'art/ink/1', 'art/oil/2'))
    expect([...(groups ?? [])].map(([folder, files]) => [folder, files.length])).toEqual([
      ['art/oil', 2],
      ['art/ink', 1],
    ])
  })

  it('offers nothing where there is one folder, or none', () => {
    expect(groupByFolder(at('art/1', 'art/2'))).toBeNull()
    expect(groupByFolder(at('1', '2', 'art/1'))).toBeNull()
  })
})
