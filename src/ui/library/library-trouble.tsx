// What went wrong in the library last, said in place.

import { Fold } from '../controls/fold.tsx'
import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'
import '../trouble/trouble.css'
import { useLibrary, useLibraryActions } from './library-context.tsx'

export function LibraryTrouble() {
  const failure = useLibrary((state) => state.failure)
  const { dismissFailure } = useLibraryActions()
  if (failure === null) return null
  const { words } = findRemedy(failure.code)
  return (
    <div className="trouble">
      <p className="trouble-words" role="alert">
        <strong>{words.happened}</strong> {words.stillWorks}
      </p>
      <button type="button" className="button" onClick={dismissFailure}>
        {strings.trouble.close}
      </button>
      <Fold label={strings.trouble.details}>
        <p className="trouble-details">
          {failure.code}: {failure.message}
          {failure.detail && ` (${failure.detail})`}
        </p>
      </Fold>
    </div>
  )
}
