// A style from the inside, drawn as markup.

import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { type AppActions, INITIAL_STATE } from '../../../src/state/app-state.ts'
import {
  type Browsing,
  type Import,
  INITIAL_LIBRARY,
  type LibraryActions,
  type LibraryDatabase,
} from '../../../src/state/library-state.ts'
import { INITIAL_MODELS, type ModelsActions } from '../../../src/state/models-state.ts'
import { DatabaseView } from '../../../src/ui/library/database-view.tsx'
import { LibraryContext } from '../../../src/ui/library/library-context.ts'
import { ModelsContext } from '../../../src/ui/models/models-context.ts'
import { AppContext } from '../../../src/ui/store-context.ts'
import { strings } from '../../../src/ui/strings.ts'

const database: LibraryDatabase = {
  ...{ id: 'a', name: 'Sea', rows: 2, images: 2, hasPictures: true, reembedded: 0, bytes: 1000, covers: [] },
  ...{ clipId: 'c', clipMatches: true, readOnly: false, damage: null },
}
const BROWSING: Browsing = {
  ...{ databaseId: 'a', rows: 2, pages: new Map(), found: null, isSearching: false, selected: new Set() },
  ...{ moved: null, viewed: null },
}

function draw(change: Partial<Browsing>, imports: readonly Import[] = []): string {
  const browsing = { ...BROWSING, ...change }
  const library = createStore(() => ({
    ...{ ...INITIAL_LIBRARY, status: 'ready' as const },
    ...{ databases: [database], browsing, imports },
  }))
  const view = createElement(DatabaseView, { database, onPaint: () => {} })
  const inLibrary = createElement(LibraryContext, { value: { store: library, actions: {} as LibraryActions } }, view)
  const models = { store: createStore(() => INITIAL_MODELS), actions: {} as ModelsActions }
  const inModels = createElement(ModelsContext, { value: models }, inLibrary)
  const app = { store: createStore(() => INITIAL_STATE), actions: {} as AppActions }
  return renderToStaticMarkup(createElement(AppContext, { value: app }, inModels))
}

it('says that a search is under way, also while what was found before still shows', () => {
  const found = { label: 'a boat', items: [] }
  expect(draw({})).not.toContain(strings.library.searching)
  for (const before of [null, found]) {
    const markup = draw({ isSearching: true, found: before })
    expect(markup).toContain(strings.library.searching)
    expect(markup).not.toContain(strings.library.showAll)
  }
  expect(draw({ found })).toContain(strings.library.showAll)
})

it('offers to see one chosen picture large, and to choose all while not all are', () => {
  const one = draw({
    selected: new Set(['x']),
    pages: new Map([[0, [{ id: 'x', caption: '', score: null, picture: null }]]]),
  })
  expect(one).toContain(strings.library.viewSelected)
  expect(one).toContain(strings.library.selectAll)
  const both = draw({ selected: new Set(['x', 'y']) })
  expect(both).not.toContain(strings.library.viewSelected)
  expect(both).not.toContain(strings.library.selectAll)
})

it('says of what was dropped on it and did not join it what became of that', () => {
  const dropped: Import = {
    ...{ id: 1, kind: 'embeddings', name: 'waves', status: 'done', databaseId: 'b', beside: 'a', importId: null },
    ...{ tally: { done: 2, total: 2, added: 2, duplicates: 0, skipped: 0 }, sent: 0, ratePerSecond: 0 },
    ...{ secondsLeft: null, sheet: [], skipped: [], failure: null, isKept: true, isQuiet: false },
  }
  expect(draw({}, [dropped])).toContain(strings.dropping.ownStyle)
  const failure = { code: 'database-damaged', message: 'embeddings: rows of 2', detail: '' } as const
  const refused = draw({}, [{ ...dropped, status: 'failed', databaseId: null, failure }])
  expect(refused).toContain('rows of 2')
  expect(refused).toContain(strings.dropping.notAdded)
  expect(draw({}, [{ ...dropped, beside: null }])).not.toContain('waves')
})

it('says where pictures went that were moved, as long as that style is there', () => {
  expect(draw({ moved: { count: 3, intoId: 'a' } })).toContain(strings.library.moved(3, 'Sea'))
  expect(draw({ moved: { count: 3, intoId: 'gone' } })).not.toContain('moved to')
})
