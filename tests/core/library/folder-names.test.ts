// Names of folders that show side by side.

import { expect, it } from 'vitest'
import { nameFolders } from '../../../src/core/library/folder-names.ts'

const name = (...paths: string[]) => [...nameFolders(paths, 'My pictures').values()]

it('are their own, a zip’s without its ending', () => {
  expect(name('art/oil', 'art/ink.zip', 'art.zip/a/pen', '')).toEqual(['oil', 'ink', 'pen', 'My pictures'])
})

it('have as much of the path as tells those of one name apart', () => {
  expect(name('dup/2020/summer', 'dup/2021/summer', 'dup/2021/winter')).toEqual([
    '2020/summer',
    '2021/summer',
    'winter',
  ])
  expect(name('a/x/sea', 'b/x/sea', 'b/y/sea')).toEqual(['a/x/sea', 'b/x/sea', 'y/sea'])
})

it('are told apart also where one path is the end of another, or a folder and a zip share theirs', () => {
  expect(name('sea', 'all/sea')).toEqual(['sea', 'all/sea'])
  expect(name('all/sea', 'all/sea.zip')).toEqual(['all/sea', 'all/sea.zip'])
})
