// What a file's name tells of it before its bytes are read.

import { expect, it } from 'vitest'
import { isNoPictureByName } from '../../../src/core/library/other-files.ts'

it('known endings of other files tell that they are no pictures', () => {
  for (const path of ['notes/a.txt', 'A.PDF', 'x/list.tar.json', 'film.mp4']) expect(isNoPictureByName(path)).toBe(true)
})

it('no ending, an unknown one, or one of what may hold pictures tells nothing', () => {
  for (const path of [
    'notes',
    'a.txt/scan',
    'a.png',
    'a.heic',
    'a.svg',
    'IMG.2024',
    'b.zip',
    'c.npz',
    'c.parquet',
    '.txt',
    '',
  ]) {
    expect(isNoPictureByName(path)).toBe(false)
  }
})
