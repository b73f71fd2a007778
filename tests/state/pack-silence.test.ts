// When an opening that tells nothing is no longer waited for, and when it is again.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { type AppState, INITIAL_STATE } from '../../src/state/app-state.ts'
import { listenForPack, untilOpenOrSilent } from '../../src/state/pack-silence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const FIVE_MINUTES = 300_000

function setUp() {
  const store = createStore<AppState>(() => INITIAL_STATE)
  const tell = (loaded: number) => store.setState({ pack: { kind: 'opening', label: 'x', loaded, total: 9 } })
  return { store, tell, silence: listenForPack(store) }
}

/** Whether it has resolved. */
async function isOver(waiting: Promise<void>): Promise<boolean> {
  let over = false
  void waiting.then(() => {
    over = true
  })
  await vi.advanceTimersByTimeAsync(0)
  return over
}

it('is silent after five minutes without a word of the pack, whatever else happens, until one comes', () => {
  const { store, tell, silence } = setUp()
  const calls: boolean[] = []
  silence.subscribe(() => calls.push(silence.isSilent()))
  vi.advanceTimersByTime(FIVE_MINUTES - 1)
  tell(1)
  vi.advanceTimersByTime(FIVE_MINUTES - 1)
  store.setState({ prompt: 'a red house' })
  expect(silence.isSilent()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(silence.isSilent()).toBe(true)
  tell(2)
  expect(silence.isSilent()).toBe(false)
  vi.advanceTimersByTime(FIVE_MINUTES)
  expect(calls).toEqual([true, true])
})

it('waits for an opening that goes on, however long, and for none that is silent', async () => {
  const { tell, silence } = setUp()
  const waiting = untilOpenOrSilent(new Promise(() => {}), silence)
  for (let loaded = 1; loaded < 9; loaded++) {
    vi.advanceTimersByTime(FIVE_MINUTES - 1)
    tell(loaded)
  }
  expect(await isOver(waiting)).toBe(false)
  vi.advanceTimersByTime(FIVE_MINUTES)
  expect(await isOver(waiting)).toBe(true)
  expect(await isOver(untilOpenOrSilent(new Promise(() => {}), silence))).toBe(true)
})

it.each([
  ['opened', () => Promise.resolve()],
  ['failed', () => Promise.reject(new Error('no pack'))],
])('waits no longer than until the app has %s', async (_, settle) => {
  const { silence } = setUp()
  expect(await isOver(untilOpenOrSilent(settle(), silence))).toBe(true)
})
