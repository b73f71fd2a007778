// Walking what was dropped, over handles and entries as browsers give them.

import { describe, expect, it } from 'vitest'
import {
  areThere,
  askToRead,
  filesWithin,
  findByHandles,
  findPicked,
  findTransferred,
  groupByFolder,
} from '../../src/platform/dropped-files.ts'
import type { FileEntry } from '../../src/protocol/library-jobs.ts'

type Tree = { readonly [name: string]: Tree | null }

/** Null is a file. */
function handle(name: string, tree: Tree | null): FileSystemHandle {
  if (tree === null) {
    const getFile = async () => {
      if (name === 'gone') throw new DOMException('gone', 'NotFoundError')
      return new File([], name)
    }
    return { kind: 'file', name, getFile } as unknown as FileSystemHandle
  }
  return {
    kind: 'directory',
    name,
    async *values() {
      if (name === 'gone') throw new DOMException('gone', 'NotFoundError')
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
    const readEntries = (found: (entries: FileSystemEntry[]) => void, failed: () => void) =>
      name === 'closed' ? failed() : found(left.splice(0, 2))
    return { readEntries }
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

  it.each([null, undefined])('is read as files where its handle is %s', async (none) => {
    const file = new File(['a'], 'a.png')
    const item = {
      kind: 'file',
      getAsFileSystemHandle: async () => none,
      webkitGetAsEntry: () => null,
      getAsFile: () => file,
    }
    const { entries, handles } = transfer([item])
    expect(await handles).toEqual([])
    expect(await paths(entries)).toEqual(['a.png'])
  })

  it('is walked by entries elsewhere, however few a reader hands out at once; what cannot be had is listed', async () => {
    const item = {
      kind: 'file',
      webkitGetAsEntry: () => entry('art', { ...FOLDER, locked: null, closed: {} }),
      getAsFile: () => null,
    }
    const { entries, handles } = transfer([item])
    expect(await handles).toEqual([])
    expect(await paths(entries)).toEqual([
      ...WALKED.slice(0, 3),
      ...['art/closed (not to be had)', 'art/locked (not to be had)', 'art/sub/deep/x.png'],
    ])
  })

  it('may be a picture without a folder, as pasted ones are', async () => {
    const item = { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => new File([], 'image.png') }
    expect(await paths(transfer([item]).entries)).toEqual(['image.png'])
  })
})

describe('a folder by its handle', () => {
  it('that vanishes while it is listed gives what was listed, and itself as what cannot be read', async () => {
    const found = findByHandles([handle('vanishing', { a: null })])
    expect(await paths(found.entries)).toEqual(['vanishing/a', 'vanishing (not to be had)'])
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

  it('and that is gone is told apart from an empty one; of several files, some may be', async () => {
    const find = (...handles: FileSystemHandle[]) => paths(findByHandles(handles).entries)
    await expect(find(handle('art', FOLDER), handle('gone', {}))).rejects.toThrow('gone')
    await expect(find(handle('gone', null), handle('gone', null))).rejects.toThrow('gone')
    expect(await find(handle('empty', {}))).toEqual([])
    expect(await find(handle('gone', null), handle('a', null))).toEqual(['gone', 'a'])
    expect(await find(handle('art', { gone: {}, a: null }))).toEqual(['art/a', 'art/gone (not to be had)'])
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

it('what systems leave in folders is passed over, however it comes; what was chosen itself is not', async () => {
  const tree: Tree = { '.DS_Store': null, 'Thumbs.db': null, 'a.png': null, '.git': { x: null }, __MACOSX: { y: null } }
  const walked = ['.art/a.png']
  expect(await paths(findByHandles([handle('.art', tree)]).entries)).toEqual(walked)
  const item = { kind: 'file', webkitGetAsEntry: () => entry('.art', tree), getAsFile: () => null }
  expect(await paths(transfer([item]).entries)).toEqual(walked)
  const picked = ['.art/.DS_Store', '.art/a.png', '.art/__MACOSX/._a.png', '.art/desktop.ini'].map((path) =>
    Object.assign(new File([], ''), { webkitRelativePath: path }),
  )
  expect(await paths(findPicked(picked).entries)).toEqual(walked)
  expect(await paths(findPicked([new File([], '.hidden.png')]).entries)).toEqual(['.hidden.png'])
})

describe('files of before', () => {
  const of = (...names: string[]) =>
    names.map((name): FileEntry => ({ path: name, file: handle(name, null) as FileSystemFileHandle }))

  it('are there where one of a few can be read', async () => {
    expect(await areThere(of('gone', 'a', 'gone'))).toBe(true)
    expect(await areThere(of('gone', 'gone'))).toBe(false)
    expect(await areThere([])).toBe(false)
  })
})

const at = (...all: string[]) => all.map((path): FileEntry => ({ path, file: null }))

describe('grouping by folder', () => {
  const group = (entries: readonly FileEntry[], zips: Readonly<Record<string, readonly string[]>> = {}) => {
    const names = entries.flatMap((one) => (zips[one.path] ? [[one, zips[one.path] ?? []] as const] : []))
    const groups = groupByFolder(entries, new Map(names))
    return groups && [...groups].map(([folder, { files, count }]) => [folder, files.length, count])
  }

  it('offers one group for each folder that holds files', () => {
    expect(group(at('art/oil/1', 'art/ink/1', 'art/oil/2'))).toEqual([
      ['art/oil', 2, 2],
      ['art/ink', 1, 1],
    ])
  })

  it('offers nothing where there is one folder, or none', () => {
    expect(group(at('art/1', 'art/2'))).toBeNull()
    expect(group(at('1', '2', 'art/1'))).toBeNull()
    expect(group(at('art.zip'), { 'art.zip': ['1', '2', '.DS_Store', '__MACOSX/._1'] })).toBeNull()
  })

  it('takes a zip for a folder, and its folders one by one, as deep as they lie', () => {
    const release = ['imagefolder/oil/1.jpg', 'imagefolder/ink/1.jpg', 'imagefolder/oil/2.jpg']
    const entries = at('art.zip', 'flat.zip', 'no zip.zip')
    expect(group(entries, { 'art.zip': release, 'flat.zip': ['a', 'b'] })).toEqual([
      ['art.zip/imagefolder/oil', 1, 2],
      ['art.zip/imagefolder/ink', 1, 1],
      ['flat.zip', 1, 2],
      ['', 1, 1],
    ])
    const groups = groupByFolder(entries, new Map([[entries[0] as FileEntry, release]]))
    expect(groups?.get('art.zip/imagefolder/ink')?.files).toEqual([
      { path: 'art.zip', file: null, folder: 'imagefolder/ink' },
    ])
  })
})

describe('a folder without pictures, as its files’ names tell', () => {
  const group = (paths: readonly string[], zips: Readonly<Record<string, readonly string[]>> = {}) => {
    const entries = at(...paths)
    const names = entries.flatMap((entry) => (zips[entry.path] ? [[entry, zips[entry.path] ?? []] as const] : []))
    return groupByFolder(entries, new Map(names))
  }

  it('is not offered, in a zip neither', () => {
    const paths = ['art/oil/1.png', 'art/ink/1.jpg', 'art/ink/about.txt', 'art/notes/plan.txt', 'list.csv', 'z.zip']
    const groups = group(paths, { 'z.zip': ['pen/1', 'text/1.md'] })
    expect([...(groups?.keys() ?? [])]).toEqual(['art/oil', 'art/ink', 'z.zip/pen'])
    expect(groups?.get('art/ink')?.count).toBe(2)
  })

  it('leaves nothing to ask where one other is left, or none', () => {
    expect(group(['art/oil/1.png', 'art/notes/plan.txt'])).toBeNull()
    expect(group(['art/a/1.txt', 'art/b/2.txt'])).toBeNull()
  })
})

describe('one folder of many, found again', () => {
  const within = (folder: string, pickedAgain: boolean, ...all: string[]) =>
    filesWithin(at(...all), folder, { pickedAgain }).map(({ path, folder }) =>
      folder === undefined ? path : [path, folder],
    )

  it('at the place where it was is that folder and no other', () => {
    expect(within('art/oil', false, 'art/oil/1', 'art/oil/old/2', 'art/3', 'oil/4')).toEqual(['art/oil/1'])
    expect(within('art/oil', false, 'art/ink/1', 'oil/4')).toEqual([])
    expect(within('', false, '1', 'art/2')).toEqual(['1'])
    expect(within('art.zip/a/oil', false, 'art.zip', 'other.zip')).toEqual([['art.zip', 'a/oil']])
    expect(within('art.zip', false, 'art.zip')).toEqual([['art.zip', '']])
  })

  it('and picked again may be picked by itself, with what lies around it, or as its files', () => {
    expect(within('art/oil', true, 'oil/1', 'oil/2')).toEqual(['oil/1', 'oil/2'])
    expect(within('art/oil', true, 'art/ink/1', 'art/oil/2')).toEqual(['art/oil/2'])
    expect(within('art/oil', true, '1.png', '2.png')).toEqual(['1.png', '2.png'])
    expect(within('down/art.zip/oil', true, 'art.zip')).toEqual([['art.zip', 'oil']])
    expect(within('down/art.zip/oil', true, 'disk/down/art.zip', 'disk/1')).toEqual([['disk/down/art.zip', 'oil']])
    expect(within('art/oil', true, 'painted/1.png', 'painted/2.png')).toEqual(['painted/1.png', 'painted/2.png'])
  })

  it('is found in a wider folder that is picked, and nothing of the others is taken for it', () => {
    expect(within('art/oil', true, 'all/art/oil/1', 'all/art/ink/2', 'all/3')).toEqual(['all/art/oil/1'])
    expect(within('art/oil', true, 'all/oil/1', 'all/ink/2')).toEqual(['all/oil/1'])
    expect(within('art/oil', true, 'all/ink/1', 'all/pen/2')).toEqual([])
    expect(within('art/oil', true, 'train/oil/1', 'test/oil/2')).toEqual([])
    expect(within('art.zip/oil', true, 'renamed.zip')).toEqual([])
  })
})
