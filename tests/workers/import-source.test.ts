// What an import's record keeps of where its files are, as this version and others read it.

import { describe, expect, it } from 'vitest'
import { readSource, toSource } from '../../workers/import-source.ts'

const handles = [{ kind: 'directory', name: 'art' }] as unknown as readonly FileSystemHandle[]

describe("an import's source", () => {
  it.each([null, '', 'art/oil'])('is read as it was kept, within %j', (within) => {
    expect(readSource(structuredClone(toSource({ handles, within })))).toEqual({ handles, within })
  })

  it('of a version that knew of handles alone is all that they lead to', () => {
    expect(readSource({ handles })).toEqual({ handles, within: null })
  })

  it('hands a version that knows of handles alone none for one folder of many', () => {
    expect(toSource({ handles, within: 'art/oil' })).toMatchObject({ handles: [] })
    expect(toSource({ handles, within: null })).toEqual({ handles })
  })

  it.each([undefined, null, 'x', 7, { handles: 3 }, { part: 1 }, { part: { within: 'a', handles: null } }])(
    'that is %o leads nowhere',
    (source) => {
      expect(readSource(source).handles).toEqual([])
    },
  )
})
