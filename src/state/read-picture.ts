// Has the library's worker read a picture that a person gives the search, one after another, and hands on what it saw.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { ShownGiven } from '../protocol/jobs.ts'
import type { LibraryJobs } from '../protocol/library-jobs.ts'
import type { GivenAs } from './app-state.ts'
import type { LibraryActions, LibraryAppState } from './library-state.ts'
import { failureOf } from './present.ts'

export interface PictureReaderParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  /** Resolves when the library is open or could not be opened. */
  readonly untilOpen: () => Promise<void>
  readonly onRead: (picture: ShownGiven, as: GivenAs) => void
}

export function createPictureReader(parts: PictureReaderParts): Pick<LibraryActions, 'givePicture' | 'dismissUnread'> {
  const { store, client, untilOpen, onRead } = parts
  let waiting = 0

  async function read(file: File, as: GivenAs): Promise<void> {
    store.setState({ isReading: ++waiting > 0, unread: null })
    try {
      await untilOpen()
      onRead({ ...(await client.run('read-picture', { image: file })), name: file.name }, as)
    } catch (error) {
      store.setState({ unread: { name: file.name, failure: failureOf(error) } })
    } finally {
      store.setState({ isReading: --waiting > 0 })
    }
  }

  return {
    givePicture: (file, as) => void read(file, as),
    dismissUnread: () => store.setState({ unread: null }),
  }
}
