// The person's own styles side by side, with their covers, and those just removed one press from being back.

import { useEffect } from 'react'
import { type LibraryDatabase, ownStyleId } from '../../state/library-state.ts'
import { FileButton } from '../dropping/file-buttons.tsx'
import { useModelsActions } from '../models/models-context.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useClipName } from './clip-name.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { OtherClipNote, ReadAgain } from './other-clip.tsx'

interface ShelfProps {
  /** A style was chosen to paint with. */
  readonly onPaint: () => void
}

export function Shelf({ onPaint }: ShelfProps) {
  const databases = useLibrary((state) => state.databases)
  const status = useLibrary((state) => state.status)
  const { pick } = useLibraryActions()
  const { refresh: readModels } = useModelsActions()
  const hasOtherClip = databases.some(({ clipMatches }) => !clipMatches)
  const words = strings.library

  // One of the models on this device may be the one that such a style was made for.
  useEffect(() => {
    if (hasOtherClip) readModels()
  }, [hasOtherClip, readModels])

  return (
    <div className="shelf">
      {databases.length === 0 && <p className="shelf-empty">{status === 'opening' ? words.opening : words.empty}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="shelf-list" role="list" aria-label={words.title}>
        {databases.map((database) => (
          <ShelfItem key={database.id} database={database} onPaint={onPaint} />
        ))}
      </ul>
      <Removed />
      <div className="shelf-add">
        <FileButton kind="folder" className="button" onFiles={(files) => pick(files, null)}>
          {words.addFolder}
        </FileButton>
        <FileButton kind="files" className="button" onFiles={(files) => pick(files, null)}>
          {words.addFiles}
        </FileButton>
        <p className="note">{words.addNote}</p>
      </div>
    </div>
  )
}

interface ShelfItemProps extends ShelfProps {
  readonly database: LibraryDatabase
}

function ShelfItem({ database, onPaint }: ShelfItemProps) {
  const { id, name, rows, bytes, hasPictures, covers, clipId, clipMatches, readOnly, damage } = database
  const { browse } = useLibraryActions()
  const { setStyle } = useActions()
  const clipName = useClipName(clipId)
  const isChosen = useApp((state) => state.styleId === ownStyleId(id))
  const words = strings.library
  const wordsId = `shelf-${id}`
  return (
    <li className="shelf-item" data-chosen={isChosen || undefined}>
      <button
        type="button"
        className="shelf-cover"
        aria-label={words.lookInto(name)}
        aria-describedby={wordsId}
        onClick={() => browse(id)}
      >
        {covers.map((cover) => (
          <img key={cover} src={cover} alt="" decoding="async" />
        ))}
      </button>
      <div id={wordsId} className="shelf-words">
        <h3 className="shelf-name">
          <bdi>{name}</bdi>
        </h3>
        <p className="note">
          {words.size(rows, bytes, hasPictures)}, <span title={words.clip(clipId)}>{words.madeFor(clipName)}</span>
        </p>
        <OtherClipNote database={database} />
        {readOnly && <p className="note">{words.readOnly}</p>}
        {damage && <p className="note">{strings.damage(damage)}</p>}
      </div>
      <div className="shelf-actions">
        <ReadAgain database={database} className="quiet-button" describedBy={wordsId} />
        {clipMatches && rows > 0 && (
          <button
            type="button"
            className="quiet-button"
            aria-describedby={wordsId}
            onClick={() => {
              setStyle(ownStyleId(id))
              onPaint()
            }}
          >
            {strings.dropping.paintWithIt}
          </button>
        )}
        <button type="button" className="quiet-button" aria-describedby={wordsId} onClick={() => browse(id)}>
          {words.look}
        </button>
      </div>
    </li>
  )
}

function Removed() {
  const removed = useLibrary((state) => state.removed)
  const { undoRemove } = useLibraryActions()
  if (removed.length === 0) return null
  return (
    <ul className="removed">
      {removed.map(({ id, name }) => (
        <li key={id} className="notice">
          <p role="status">{strings.library.removed(name)}</p>
          <button type="button" className="quiet-button" onClick={() => undoRemove(id)}>
            {strings.gallery.undo}
          </button>
        </li>
      ))}
    </ul>
  )
}
