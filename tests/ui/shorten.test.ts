// Quotations that a sentence can bear.

import { expect, test } from 'vitest'
import { shorten } from '../../src/ui/trouble/shorten.ts'

test('a short text stays as it is', () => {
  expect(shorten('and a boat', 10)).toBe('and a boat')
})

test('a long one ends after a whole word, with an ellipsis', () => {
  expect(shorten('and a green tree and a purple lighthouse', 20)).toBe('and a green tree …')
})

test('one long word is cut through, between letters', () => {
  expect(shorten('🦄'.repeat(9), 3)).toBe('🦄🦄🦄 …')
})
