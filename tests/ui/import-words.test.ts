// What a failed import's card says: what is kept, and what to do.

import { expect, test } from 'vitest'
import type { JobErrorCode } from '../../src/protocol/errors.ts'
import type { Import } from '../../src/state/library-state.ts'
import { sayFailure, sayState } from '../../src/ui/dropping/import-words.ts'
import { strings } from '../../src/ui/strings.ts'

const failed = (code: JobErrorCode, change: Partial<Import> = {}): Import => ({
  ...{ id: 1, kind: 'pictures', name: 'sea', status: 'failed', databaseId: 'n', importId: 'i' },
  ...{ beside: null, sent: 0, isKept: true, isQuiet: false },
  ...{ tally: { done: 5, total: 300, added: 4, duplicates: 0, skipped: 1 }, ratePerSecond: 0, secondsLeft: null },
  ...{ sheet: [], skipped: [], failure: { code, message: '', detail: '' } },
  ...change,
})
const paused = {
  ...{ id: 'i', databaseId: 'n', name: 'sea', total: 300, added: 120, skipped: 2, handles: [], within: null },
}
const databases = [
  { id: 'a', name: 'Little', bytes: 1e6 },
  { id: 'b', name: 'Large', bytes: 5e6 },
  { id: 'n', name: 'sea', bytes: 9e6 },
]

test('where there is no more room, how many are kept, where to see what takes it, and which other style takes most', () => {
  const said = sayFailure(failed('storage-full'), paused, databases)
  expect(said).toMatch(/120 pictures of 300 files kept\. Storage shows .* then go on\. .* is Large, /)
  expect(sayFailure(failed('storage-full'), paused, databases.slice(2))).toMatch(/then go on\.$/)
  expect(sayFailure(failed('storage-full'), null, [])).toMatch(
    /0 pictures of 300 files kept\..* then add them again\.$/,
  )
})

test('of any other failure, what happened and what is kept', () => {
  const said = sayFailure(failed('worker-died'), paused, databases)
  expect(said).toMatch(/^.+\. Paused: 120 pictures of 300 files kept, 2 left out\.$/)
  expect(sayFailure(failed('worker-died'), null, databases)).not.toMatch(/Paused/)
})

test('before the first file is looked at, how many there are, and how many are on their way', () => {
  const tally = { done: 0, total: 60_000, added: 0, duplicates: 0, skipped: 0 }
  const begun: Import = { ...failed('internal', { tally }), status: 'running', failure: null }
  expect(sayState(begun, [])).toBe('60,000 files. Getting ready to look at them.')
  expect(sayState({ ...begun, sent: 10_240 }, [])).toBe('Getting ready to look at them: 10,240 of 60,000 files so far.')
  expect(sayState({ ...begun, sent: 60_000 }, [])).toBe('60,000 files. Getting ready to look at them.')
})

test('of a saved style that is ready, how much is in it', () => {
  const ready: Import = { ...failed('internal', { kind: 'file' }), status: 'done', failure: null }
  const shelved = { id: 'n', rows: 11, hasPictures: true }
  expect(sayState(ready, [{ ...shelved, id: 'a' }, shelved])).toBe('Ready: 11 pictures.')
  expect(sayState(ready, [{ ...shelved, rows: 1, hasPictures: false }])).toBe('Ready: 1 row.')
  expect(sayState(ready, [])).toBe('Ready.')
})

test('what waits is said to once a reload would offer it, and not before', () => {
  const waiting = failed('internal', { status: 'waiting', failure: null })
  expect(sayState(waiting, [])).toBe(strings.dropping.waiting)
  expect(sayState({ ...waiting, isKept: false }, [])).toBe(strings.dropping.keeping)
})

test('what runs and tells nothing is said to be stuck perhaps, with the way out that it has', () => {
  const running = failed('internal', { status: 'running', failure: null, isQuiet: true })
  expect(sayState(running, [])).toMatch(/^Nothing has come of it .* Pause it, then go on/)
  expect(sayState({ ...running, kind: 'file' }, [])).toMatch(/Stop it, then begin again\.$/)
  expect(sayState({ ...running, status: 'stopping' }, [])).not.toMatch(/^Nothing has come/)
})
