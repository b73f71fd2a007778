// What can be done with the pictures that are chosen in a database.

import { type MouseEvent, useState } from 'react'
import { Button, Input, Label, TextField } from 'react-aria-components'
import { countShown, type GridItem, type LibraryDatabase } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { MoveSelected } from './style-choice.tsx'
import { tellApart } from './tell-apart.ts'

export function SelectionBar({ database }: { readonly database: LibraryDatabase }) {
  const browsing = useLibrary((state) => state.browsing)
  const { clearSelected, viewSelected } = useLibraryActions()
  const words = strings.library
  if (browsing === null || browsing.selected.size === 0 || database.readOnly) {
    return (
      <p className="note selection-hint">
        <Moved /> {words.selectHint}{' '}
        {browsing !== null && !database.readOnly && countShown(browsing) > 1 && <ChooseAll />}
      </p>
    )
  }
  const { size } = browsing.selected
  const [onlyId] = browsing.selected
  const shown = [...browsing.pages.values(), browsing.found?.items ?? []].flat()
  const only = size === 1 ? shown.find(({ id }) => id === onlyId) : undefined
  /** The second of two quick presses on a picture may meet what its choice has just put there, and was not meant for it. */
  const onSecondPress = (event: MouseEvent) => {
    if (event.detail < 2) return
    event.preventDefault()
    event.stopPropagation()
    if (size === 1) viewSelected()
  }

  return (
    <fieldset className="selection" aria-label={words.selected(size)} onClickCapture={onSecondPress}>
      <p className="selection-count">{words.selected(size)}</p>
      {only && (
        <button type="button" className="button" onClick={viewSelected}>
          {words.viewSelected}
        </button>
      )}
      {only && <Caption key={only.id} item={only} />}
      <MoveSelected database={database} count={size} />
      <RemoveSelected database={database} selected={browsing.selected} />
      {size < countShown(browsing) && <ChooseAll />}
      <button type="button" className="quiet-button" onClick={clearSelected}>
        {words.clearSelected}
      </button>
    </fieldset>
  )
}

/** Where the pictures went that were chosen before. */
function Moved() {
  const moved = useLibrary((state) => state.browsing?.moved ?? null)
  const databases = useLibrary((state) => state.databases)
  if (moved === null) return null
  const name = tellApart(databases).get(moved.intoId)
  return name !== undefined && <span role="status">{strings.library.moved(moved.count, name)}</span>
}

interface RemoveSelectedProps {
  readonly database: LibraryDatabase
  readonly selected: ReadonlySet<string>
}

/** Removes them at once where they are few, and else once it has said what will be gone. */
function RemoveSelected({ database, selected }: RemoveSelectedProps) {
  const { name, rows, hasPictures } = database
  const { removeSelected } = useLibraryActions()
  /** What is chosen otherwise since is asked about anew. */
  const [askedOf, setAskedOf] = useState<ReadonlySet<string> | null>(null)
  const words = strings.library
  const count = selected.size
  if (askedOf !== selected) {
    return (
      <button
        type="button"
        className="button"
        onClick={() => (isMany(count, rows) ? setAskedOf(selected) : removeSelected())}
      >
        {words.removeSelected(count)}
      </button>
    )
  }
  return (
    <div className="question">
      <p role="status">{words.removeSure(count, { rows, hasPictures }, name)}</p>
      <button type="button" className="button" onClick={removeSelected}>
        {words.removeYes}
      </button>
      <button type="button" className="quiet-button" onClick={() => setAskedOf(null)}>
        {words.removeNot}
      </button>
    </div>
  )
}

/** More than one has in sight, or all that a style has. */
function isMany(count: number, rows: number): boolean {
  return count > 20 || (count > 1 && count === rows)
}

function ChooseAll() {
  const { selectAll } = useLibraryActions()
  return (
    <button type="button" className="quiet-button" onClick={selectAll}>
      {strings.library.selectAll}
    </button>
  )
}

function Caption({ item }: { readonly item: GridItem }) {
  const { setCaption } = useLibraryActions()
  const [typed, setTyped] = useState(item.caption)
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault()
        setCaption(item.id, typed)
      }}
    >
      <TextField className="text-field" value={typed} onChange={setTyped} maxLength={200}>
        <Label className="setting-label">{strings.library.caption}</Label>
        <Input className="text-input" />
      </TextField>
      <Button type="submit" className="button" isDisabled={typed === item.caption}>
        {strings.library.saveCaption}
      </Button>
    </form>
  )
}
