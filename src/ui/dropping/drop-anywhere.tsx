// The whole page takes what is dragged over it or pasted into it, and says what it would make of it.

import { useEffect, useState } from 'react'
import type { GivenAs } from '../../state/app-state.ts'
import { useLibrary, useLibraryActions } from '../library/library-context.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import './dropping.css'

/** What hovers, as far as a browser tells before the drop. */
interface Hovering {
  /** Files and folders. */
  readonly count: number
  /** Whether each is known to be a picture; a folder is not. */
  readonly arePictures: boolean
}

export function DropAnywhere() {
  const { drop } = useLibraryActions()
  const browsedId = useLibrary((state) => state.browsing?.databaseId ?? null)
  const into = useLibrary((state) => state.databases.find(({ id }) => id === browsedId)?.name ?? null)
  const canGive = useApp(({ styleId }) => styleId !== null)
  const { hovering, setHovering } = useDroppedFiles((transfer) => drop(transfer, browsedId))
  if (hovering === null) return null
  const { count, arePictures } = hovering
  const isOnePicture = count === 1 && arePictures && browsedId === null && canGive
  return (
    <div className="drop-page" aria-hidden="true">
      <p className="drop-words">
        {into === null ? strings.dropping.hover(count, arePictures) : strings.dropping.hoverInto(into)}
      </p>
      <p className="note">{strings.dropping.hoverNote}</p>
      {isOnePicture && (
        <div className="drop-choices">
          <DropChoice as="neighbour" words={strings.dropping.hoverGive} onTaken={() => setHovering(null)} />
          <DropChoice as="query" words={strings.dropping.hoverAsk} onTaken={() => setHovering(null)} />
        </div>
      )}
    </div>
  )
}

interface DropChoiceProps {
  readonly as: GivenAs
  readonly words: string
  readonly onTaken: () => void
}

/** A part of the page where one picture that is let go of steers the search rather than becoming a style. */
function DropChoice({ as, words, onTaken }: DropChoiceProps) {
  const { givePicture } = useLibraryActions()
  const [isOver, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for what a pointer drags; the buttons at the neighbours do the same
    <div
      className="drop-choice"
      data-over={isOver || undefined}
      onDragEnter={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        const [file] = event.dataTransfer.files
        event.preventDefault()
        event.stopPropagation()
        onTaken()
        if (file !== undefined) givePicture(file, as)
      }}
    >
      {words}
    </div>
  )
}

/** Listens to the whole window; text and links go where they always go. */
function useDroppedFiles(onFiles: (transfer: DataTransfer) => void) {
  const [hovering, setHovering] = useState<Hovering | null>(null)

  useEffect(() => {
    const onOver = (event: DragEvent) => {
      const found = lookAt(event.dataTransfer)
      if (found === null) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
      setHovering((before) =>
        before?.count === found.count && before.arePictures === found.arePictures ? before : found,
      )
    }
    const onLeave = (event: DragEvent) => {
      // Leaving for nowhere is leaving the window; everything else is moving between its elements.
      if (event.relatedTarget === null) setHovering(null)
    }
    const onDrop = (event: DragEvent) => {
      setHovering(null)
      if (event.dataTransfer === null || lookAt(event.dataTransfer) === null) return
      event.preventDefault()
      onFiles(event.dataTransfer)
    }
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      if (clipboardData !== null && clipboardData.files.length > 0) onFiles(clipboardData)
    }
    window.addEventListener('dragover', onOver)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('drop', onDrop)
    window.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('drop', onDrop)
      window.removeEventListener('paste', onPaste)
    }
  }, [onFiles])

  return { hovering, setHovering }
}

function lookAt(transfer: DataTransfer | null): Hovering | null {
  if (transfer === null || !transfer.types.includes('Files')) return null
  const files = [...transfer.items].filter(({ kind }) => kind === 'file')
  return { count: files.length, arePictures: files.length > 0 && files.every(({ type }) => type.startsWith('image/')) }
}
