// The library of this origin: its records in IndexedDB, one writer at a time over all tabs and workers.

import { isSmallWebp } from '../core/image/small-webp.ts'
import { createLibrary } from '../core/library/create-library.ts'
import type { Library } from '../core/library/library.ts'
import { openLibraryChanges } from './library-changes.ts'
import { openRecordDisk } from './record-disk.ts'
import { sha256 } from './sha256.ts'
import { createWriterLock } from './writer-lock.ts'

const NAME = 'kindred-library'

/** @param onOthersChange called when another tab or worker wrote */
export function openBrowserLibrary(onOthersChange: () => void): Library {
  const changes = openLibraryChanges()
  changes.listen(onOthersChange)
  return createLibrary({
    disk: openRecordDisk(NAME),
    lock: createWriterLock(navigator.locks, NAME),
    hash: sha256,
    createId: () => crypto.randomUUID(),
    isPicture: isSmallWebp,
    onChange: changes.tell,
  })
}
