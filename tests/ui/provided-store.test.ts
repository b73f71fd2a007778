import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { createStoreContext, useProvided, useStored } from '../../src/ui/provided-store.ts'

const Shelf = createStoreContext<{ readonly books: number }, { readonly greet: () => string }>('Shelf')

function Part() {
  const books = useStored(Shelf, (state) => state.books)
  const { greet } = useProvided(Shelf).actions
  return createElement('p', null, `${greet()} ${books}`)
}

describe('a provided store', () => {
  it('is read and acted through below its context', () => {
    const value = { store: createStore(() => ({ books: 3 })), actions: { greet: () => 'here are' } }
    const page = createElement(Shelf, { value }, createElement(Part))
    expect(renderToStaticMarkup(page)).toBe('<p>here are 3</p>')
  })

  it('is missed by name outside of it', () => {
    expect(() => renderToStaticMarkup(createElement(Part))).toThrow('this part of the page is drawn outside Shelf')
  })
})
