// How the app takes what it was opened with, from a launch queue that a test fills.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askedPart, listenForLaunches } from '../../src/platform/launches.ts'

type Consumer = (launch: { readonly files: readonly FileSystemFileHandle[] }) => void

const handle = (name: string) => ({ getFile: async () => new File([name], name) }) as unknown as FileSystemFileHandle
const gone = {
  getFile: () => Promise.reject(new DOMException('it is gone', 'NotFoundError')),
} as unknown as FileSystemFileHandle

function listen(onFiles: (files: readonly File[]) => Promise<void> = async () => {}) {
  let consumer: Consumer = () => {}
  vi.stubGlobal('launchQueue', { setConsumer: (given: Consumer) => (consumer = given) })
  const taken: string[][] = []
  let refused = 0
  listenForLaunches(
    (files) => {
      taken.push(files.map(({ name }) => name))
      return onFiles(files)
    },
    () => refused++,
  )
  return {
    launch: (...files: FileSystemFileHandle[]) => consumer({ files }),
    taken,
    refused: () => refused,
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a launch', () => {
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))

  it('hands over its files, in their order, each time', async () => {
    const app = listen()
    app.launch(handle('a.png'), handle('b.zip'))
    app.launch(handle('c.png'))
    await vi.waitFor(() => expect(app.taken).toEqual([['a.png', 'b.zip'], ['c.png']]))
    expect(app.refused()).toBe(0)
  })

  it('without files hands over nothing', async () => {
    const app = listen()
    app.launch()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect([app.taken, app.refused()]).toEqual([[], 0])
  })

  it('with a file that is gone says so, and hands over the others', async () => {
    const app = listen()
    app.launch(gone, handle('b.png'))
    await vi.waitFor(() => expect(app.refused()).toBe(1))
    expect(app.taken).toEqual([['b.png']])
    app.launch(gone)
    await vi.waitFor(() => expect(app.refused()).toBe(2))
    expect(app.taken).toHaveLength(1)
  })

  it('whose files could not be kept says so', async () => {
    const app = listen(() => Promise.reject(new Error('no room')))
    app.launch(handle('a.png'))
    await vi.waitFor(() => expect(app.refused()).toBe(1))
  })
})

it('nothing is listened for where the browser knows no launches', () => {
  vi.stubGlobal('launchQueue', undefined)
  expect(() =>
    listenForLaunches(
      async () => {},
      () => {},
    ),
  ).not.toThrow()
})

it('an address asks for a part that is there, or for none', () => {
  expect(['?open=prompt', '?a=1&open=gallery', '?open=elsewhere', '?open=', ''].map(askedPart)).toEqual([
    'prompt',
    'gallery',
    null,
    null,
    null,
  ])
})
