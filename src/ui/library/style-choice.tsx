// Chooses another style for pictures to go to. Choosing does nothing yet: an arrow key on a closed list chooses already.

import { type ReactNode, useState } from 'react'
import type { LibraryDatabase } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { tellApart } from './tell-apart.ts'

interface StyleChoice {
  /** Null where there is no other style to choose. */
  readonly list: ReactNode
  readonly chosen: LibraryDatabase | undefined
  /** What it is called in the list. */
  readonly chosenName: string
  readonly chooseNone: () => void
}

/**
 * A list of the styles that rows of this one can go to, and what is chosen in it.
 * @param placeholder shows while none is chosen
 */
function useStyleChoice({ id, clipId }: LibraryDatabase, label: string, placeholder: string): StyleChoice {
  const all = useLibrary((state) => state.databases)
  const [chosenId, setChosenId] = useState('')
  const others = all.filter((other) => other.id !== id && other.clipId === clipId && !other.readOnly)
  const chosen = others.find((other) => other.id === chosenId)
  const names = tellApart(all)
  const list = others.length > 0 && (
    <select
      className="select"
      aria-label={label}
      value={chosen?.id ?? ''}
      onChange={({ currentTarget }) => setChosenId(currentTarget.value)}
    >
      <option value="" disabled>
        {placeholder}
      </option>
      {others.map(({ id, name }) => (
        <option key={id} value={id}>
          {names.get(id) ?? name}
        </option>
      ))}
    </select>
  )
  const chosenName = names.get(chosenId) ?? ''
  return { list: list || null, chosen, chosenName, chooseNone: () => setChosenId('') }
}

/** Moves what is chosen; nothing where there is no other style. */
export function MoveSelected({ database, count }: { readonly database: LibraryDatabase; readonly count: number }) {
  const words = strings.library
  const { list, chosen } = useStyleChoice(database, words.moveLabel, words.moveTo)
  const { moveSelected } = useLibraryActions()
  if (list === null) return null
  return (
    <div className="style-choice">
      {list}
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
  const words = strings.library
  const { list, chosen, chosenName, chooseNone } = useStyleChoice(database, words.mergeLabel, words.mergeInto)
  const { merge, closeBrowsing } = useLibraryActions()
  return (
    <>
      {list}
      {chosen !== undefined && (
        <div className="question">
          <p role="status">{words.mergeSure(name, { rows, hasPictures }, chosenName)}</p>
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
          <button type="button" className="quiet-button" onClick={chooseNone}>
            {words.mergeNot}
          </button>
        </div>
      )}
    </>
  )
}
