// What went wrong in the library last, said in place.

import { strings } from '../strings.ts'
import { TroubleNote } from '../trouble/trouble-note.tsx'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { describeFailure } from './library-words.ts'

export function LibraryTrouble() {
  const failure = useLibrary((state) => state.failure)
  const { dismissFailure } = useLibraryActions()
  if (failure === null) return null
  return (
    <TroubleNote words={describeFailure(failure)} failure={failure}>
      <button type="button" className="button" onClick={dismissFailure}>
        {strings.trouble.close}
      </button>
    </TroubleNote>
  )
}

/** On the page itself, where files are dropped. That the library did not open is said in it: nobody did anything then. */
export function LibraryTroubleOnPage() {
  const isOpen = useLibrary(({ status }) => status !== 'failed')
  return isOpen && <LibraryTrouble />
}
