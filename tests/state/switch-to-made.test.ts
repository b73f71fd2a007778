// Which of the styles that come of a drop is chosen by itself.

import { expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { type AppState, INITIAL_STATE, type Job } from '../../src/state/app-state.ts'
import { createSwitchToMade } from '../../src/state/switch-to-made.ts'

function setUp(styleId: string | null = 'old') {
  const store = createStore<AppState>(() => ({ ...INITIAL_STATE, styleId }))
  const choose = (styleId: string) => store.setState({ styleId })
  return { store, choose, drop: createSwitchToMade(store, choose), chosen: () => store.getState().styleId }
}

it('the one that comes of it is, where nothing else was chosen since', () => {
  const { choose, drop, chosen } = setUp()
  choose('another')
  drop()('made')
  expect(chosen()).toBe('made')
})

it('none is where a person chose one since, be it the one from before', () => {
  for (const choices of [['another'], ['another', 'old']]) {
    const { choose, drop, chosen } = setUp()
    const onMade = drop()
    for (const choice of choices) choose(choice)
    onMade('made')
    expect(chosen()).toBe(choices.at(-1))
  }
})

it('of several, from one drop or from two that wait together, the first is', () => {
  const { drop, chosen } = setUp()
  const [onMade, onNextMade] = [drop(), drop()]
  for (const made of ['first', 'second']) onMade(made)
  onNextMade('third')
  expect(chosen()).toBe('first')
  drop()('fourth')
  expect(chosen()).toBe('fourth')
})

it('none is while a picture is being made', () => {
  const { store, drop, chosen } = setUp()
  store.setState({ job: { kind: 'running' } as Job })
  drop()('made')
  expect(chosen()).toBe('old')
})

it('the style that the page itself opens with is nobody’s choice', () => {
  const { choose, drop, chosen } = setUp(null)
  const onMade = drop()
  choose('built-in')
  onMade('made')
  expect(chosen()).toBe('made')
})
