// What went wrong in the library last, said in place.

import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'
import { TroubleNote } from '../trouble/trouble-note.tsx'
import { useLibrary, useLibraryActions } from './library-context.ts'

export function LibraryTrouble() {
  const failure = useLibrary((state) => state.failure)
  const { dismissFailure } = useLibraryActions()
  if (failure === null) return null
  return (
    <TroubleNote words={findRemedy(failure.code).words} failure={failure}>
      <button type="button" className="button" onClick={dismissFailure}>
        {strings.trouble.close}
      </button>
    </TroubleNote>
  )
}
