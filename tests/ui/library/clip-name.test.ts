import { expect, it } from 'vitest'
import { findClipName } from '../../../src/ui/library/clip-name.ts'

const open = { name: 'Kindred mini', clipId: 'aa' }
const models = [
  { name: 'No words', clipId: null },
  { name: 'Twin', clipId: 'aa' },
  { name: 'Large', clipId: 'bb' },
]

it('names the open model first, then any that is here, and none that is not', () => {
  expect(findClipName('aa', open, models)).toBe('Kindred mini')
  expect(findClipName('bb', open, models)).toBe('Large')
  expect(findClipName('cc', open, models)).toBeNull()
  expect(findClipName('aa', null, models)).toBe('Twin')
  expect(findClipName('aa', { name: 'No words either', clipId: null }, [])).toBeNull()
})
