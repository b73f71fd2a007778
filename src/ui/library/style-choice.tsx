// Chooses another style for pictures to go to. Choosing does nothing yet: an arrow key on a closed list chooses already.

import { useState } from 'react'
import type { LibraryDatabase } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'

interface StyleChoiceProps {
  readonly label: string
  /** Shows while none is chosen. */
  readonly placeholder: string
  readonly styles: readonly LibraryDatabase[]
  /** '' for none. */
  readonly chosenId: string
  readonly onChoose: (styleId: string) => void
}

function StyleChoice({ label, placeholder, styles, chosenId, onChoose }: StyleChoiceProps) {
  return (
    <select
      className="select"
      aria-label={label}
      value={chosenId}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      <option value="" disabled>
        {placeholder}
      </option>
      {styles.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}

/** The styles that rows of this one can go to. */
function useOtherStyles({ id, clipId }: LibraryDatabase): readonly LibraryDatabase[] {
  const all = useLibrary((state) => state.databases)
  return all.filter((other) => other.id !== id && other.clipId === clipId && !other.readOnly)
}

/** Moves what is chosen; nothing where there is no other style. */
export function MoveSelected({ database, count }: { readonly database: LibraryDatabase; readonly count: number }) {
  const others = useOtherStyles(database)
  const { moveSelected } = useLibraryActions()
  const [chosenId, setChosenId] = useState('')
  const chosen = others.find(({ id }) => id === chosenId)
  const words = strings.library
  if (others.length === 0) return null
  return (
    <div className="style-choice">
      <StyleChoice
        label={words.moveLabel}
        placeholder={words.moveTo}
        styles={others}
        chosenId={chosen?.id ?? ''}
        onChoose={setChosenId}
      />
      <button
        type="button"
        className="button"
        disabled={chosen === undefined}
        onClick={() => {
          if (chosen !== undefined) moveSelected(chosen.id)
        }}
      >
        {words.move(count)}
      </button>
    </div>
  )
}

/** Merges a style into another, once it has said what will be gone; nothing where there is no other style. */
export function MergeStyle({ database }: { readonly database: LibraryDatabase }) {
  const { id, name, rows, hasPictures } = database
  const others = useOtherStyles(database)
  const { merge, closeBrowsing } = useLibraryActions()
  const [chosenId, setChosenId] = useState('')
  const chosen = others.find((other) => other.id === chosenId)
  const words = strings.library
  if (others.length === 0) return null
  return (
    <>
      <StyleChoice
        label={words.mergeLabel}
        placeholder={words.mergeInto}
        styles={others}
        chosenId={chosen?.id ?? ''}
        onChoose={setChosenId}
      />
      {chosen !== undefined && (
        <div className="question">
          <p role="status">{words.mergeSure(name, { rows, hasPictures }, chosen.name)}</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              merge(chosen.id, id)
              closeBrowsing()
            }}
          >
            {words.merge}
          </button>
          <button type="button" className="quiet-button" onClick={() => setChosenId('')}>
            {words.mergeNot}
          </button>
        </div>
      )}
    </>
  )
}
