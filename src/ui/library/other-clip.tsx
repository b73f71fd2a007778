// A style that another model's CLIP read, or of which rows were damaged: the way to read its pictures again.

import { isImporting, type LibraryDatabase } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'

/** Nothing where the open model can paint with it. */
export function OtherClipNote({ database }: { readonly database: LibraryDatabase }) {
  const { clipMatches, rows, images, reembedded } = database
  if (clipMatches) return null
  const words = strings.library
  const say = () => {
    if (images < rows) return words.cannotBeRead(rows - images, rows)
    return reembedded > 0 ? words.readInPart(reembedded, rows) : words.otherClip
  }
  return <p className="note">{say()}</p>
}

interface ReadAgainProps {
  readonly database: LibraryDatabase
  readonly className: string
  /** Id of the element that says which style it is about. */
  readonly describedBy?: string
}

/** Nothing where there is nothing to be done, or it is under way. */
export function ReadAgain({ database, className, describedBy }: ReadAgainProps) {
  const { id, clipMatches, rows, images, reembedded, readOnly, damage } = database
  const kept = damage?.kept ?? 0
  const isUnderWay = useLibrary(({ imports }) =>
    isImporting({ imports: imports.filter(({ databaseId }) => databaseId === id) }),
  )
  const { embedAgain } = useLibraryActions()
  const isOfOtherClip = !clipMatches && rows > 0 && images === rows
  if (readOnly || isUnderWay || !(isOfOtherClip || (clipMatches && kept > 0))) return null
  const words = strings.library
  const say = () => (clipMatches ? words.readDamaged(kept) : reembedded > 0 ? words.embedOn : words.embedAgain)
  return (
    <button type="button" className={className} aria-describedby={describedBy} onClick={() => embedAgain(id)}>
      {say()}
    </button>
  )
}
