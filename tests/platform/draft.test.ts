// The fields' content over a reload: taken once, and only as the page itself would write it.

import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/diffusion/recipe.ts'
import { type Draft, saveDraft, takeDraft } from '../../src/platform/draft.ts'

function memoryStorage() {
  const all = new Map<string, string>()
  return {
    getItem: (key: string) => all.get(key) ?? null,
    setItem: (key: string, value: string) => void all.set(key, value),
    removeItem: (key: string) => void all.delete(key),
  }
}

const draft: Draft = {
  prompt: 'a red house',
  styleId: 'delft',
  settings: { ...DEFAULT_SETTINGS, seed: 7 },
  keepSeed: true,
  entryId: null,
}

it('comes back as it was, once', () => {
  const storage = memoryStorage()
  saveDraft(storage, draft)
  expect(takeDraft(storage)).toEqual(draft)
  expect(takeDraft(storage)).toBeNull()
})

it('is dropped where it is damaged or out of range', () => {
  const text = JSON.stringify({ version: 1, ...draft })
  const broken = [
    '',
    'null',
    text.slice(0, -1),
    text.replace('"version":1', '"version":2'),
    text.replace('"seed":7', '"seed":-7'),
    text.replace('"a red house"', '5'),
  ]
  for (const value of broken) {
    const storage = memoryStorage()
    storage.setItem('kindred-draft', value)
    expect(takeDraft(storage), value).toBeNull()
  }
})
