// Where the page says what went wrong in the library, drawn as markup.

import { createElement, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { LibraryActions, LibraryAppState } from '../../../src/state/library-state.ts'
import { INITIAL_LIBRARY } from '../../../src/state/library-state.ts'
import { LibraryContext } from '../../../src/ui/library/library-context.ts'
import { LibraryTrouble, LibraryTroubleOnPage } from '../../../src/ui/library/library-trouble.tsx'

const failure = { code: 'invalid-input', message: 'the picture cannot be read', detail: 'svg' } as const

function draw(change: Partial<LibraryAppState>, part: () => ReactNode): string {
  const store = createStore<LibraryAppState>(() => ({ ...INITIAL_LIBRARY, ...change }))
  const value = { store, actions: {} as LibraryActions }
  return renderToStaticMarkup(createElement(LibraryContext, { value }, createElement(part)))
}

it('says on the page what failed there, as in the library', () => {
  for (const part of [LibraryTrouble, LibraryTroubleOnPage]) {
    const markup = draw({ status: 'ready', failure }, part)
    expect(markup).toContain('role="alert"')
    expect(markup).toContain('it is a drawing in SVG, which is not taken.')
  }
  expect(draw({ status: 'ready' }, LibraryTroubleOnPage)).toBe('')
})

it('keeps to the library that the library did not open: nobody did anything then', () => {
  expect(draw({ status: 'failed', failure }, LibraryTroubleOnPage)).toBe('')
  expect(draw({ status: 'failed', failure }, LibraryTrouble)).toContain('role="alert"')
})
