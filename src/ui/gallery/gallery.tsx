// The pictures made in this browser, newest first, each with its recipe.

import { Button } from 'react-aria-components'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { GalleryItem } from './gallery-item.tsx'
import './gallery.css'

export function Gallery() {
  const gallery = useApp((state) => state.gallery)
  const deletedEntry = useApp((state) => state.deletedEntry)
  const onWall = useApp((state) => state.picture?.entryId ?? null)
  const { undoDelete } = useActions()
  return (
    <section className="gallery">
      <div className="gallery-head">
        <h2 id="gallery-label" className="heading">
          {strings.gallery.label}
        </h2>
        {deletedEntry && (
          <p className="gallery-undo" role="status">
            {strings.gallery.deleted}
            {/* "Delete" has just gone from under the keyboard's focus. */}
            <Button key={deletedEntry.id} autoFocus className="quiet-button" onPress={undoDelete}>
              {strings.gallery.undo}
            </Button>
          </p>
        )}
      </div>
      {gallery.length === 0 && <p className="note">{strings.gallery.empty}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="gallery-list" role="list" aria-labelledby="gallery-label">
        {gallery.map((entry) => (
          <GalleryItem key={entry.id} entry={entry} isOnWall={entry.id === onWall} />
        ))}
      </ul>
    </section>
  )
}
