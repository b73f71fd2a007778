// One database from the inside: its pictures, a search among them, and everything that can be done with it.

import { useCallback, useState } from 'react'
import { Button, Input, Label, SearchField, TextField } from 'react-aria-components'
import { countShown, itemShownAt, type LibraryDatabase, ownStyleId } from '../../state/library-state.ts'
import { Fold } from '../controls/fold.tsx'
import { FileButton } from '../dropping/file-buttons.tsx'
import { ImportList } from '../dropping/import-list.tsx'
import { useActions } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useClipName } from './clip-name.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { OtherClipNote, ReadAgain } from './other-clip.tsx'
import { PictureGrid } from './picture-grid.tsx'
import { PictureViewer } from './picture-viewer.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { MergeStyle } from './style-choice.tsx'

interface DatabaseViewProps {
  readonly database: LibraryDatabase
  readonly onPaint: () => void
}

const NOTHING: ReadonlySet<string> = new Set()

export function DatabaseView({ database, onPaint }: DatabaseViewProps) {
  const { id, rows, bytes, clipMatches, readOnly, damage } = database
  const { pick } = useLibraryActions()
  const { setStyle } = useActions()
  const words = strings.library
  return (
    <div className="database">
      <div className="database-tools">
        {clipMatches && rows > 0 && (
          <button
            type="button"
            className="button button-main"
            onClick={() => {
              setStyle(ownStyleId(id))
              onPaint()
            }}
          >
            {strings.dropping.paintWithIt}
          </button>
        )}
        {!clipMatches && <ReadAgain database={database} className="button button-main" />}
        {clipMatches && rows > 0 && <Search />}
        {clipMatches && !readOnly && (
          <FileButton kind="files" className="button" onFiles={(files) => pick(files, id)}>
            {words.addTo}
          </FileButton>
        )}
      </div>
      <OtherClipNote database={database} />
      {damage && (
        <p className="note" role="status">
          {strings.damage(damage)} {clipMatches && <ReadAgain database={database} className="quiet-button" />}
        </p>
      )}
      <ImportList databaseId={id} />
      <Fold label={words.about} summary={words.size(rows, bytes, database.hasPictures)}>
        <About database={database} />
      </Fold>
      <SelectionBar database={database} />
      <Pictures database={database} />
      <PictureViewer />
    </div>
  )
}

function Pictures({ database }: { readonly database: LibraryDatabase }) {
  const browsing = useLibrary((state) => state.browsing)
  const { needRows, toggleSelected, selectRange, selectAll, viewPicture } = useLibraryActions()
  const found = browsing?.found ?? null
  const onShow = useCallback(
    (from: number, count: number) => {
      if (found === null) needRows(from, count)
    },
    [found, needRows],
  )
  return (
    <PictureGrid
      key={found?.label ?? ''}
      label={found === null ? strings.library.picturesOf(database.name) : strings.library.foundFor(found.label)}
      count={countShown(browsing)}
      itemAt={(index) => itemShownAt(browsing, index)}
      onShow={onShow}
      selected={browsing?.selected ?? NOTHING}
      onToggle={toggleSelected}
      onRange={selectRange}
      onAll={selectAll}
      viewed={browsing?.viewed?.index ?? null}
      onView={viewPicture}
    />
  )
}

function Search() {
  const found = useLibrary((state) => state.browsing?.found ?? null)
  const isSearching = useLibrary((state) => state.browsing?.isSearching ?? false)
  const { searchWords, searchPicture, clearSearch } = useLibraryActions()
  const [typed, setTyped] = useState('')
  const words = strings.library
  return (
    <div className="database-search">
      <SearchField
        className="search-field"
        aria-label={words.search}
        value={typed}
        onChange={setTyped}
        onSubmit={searchWords}
        onClear={clearSearch}
      >
        <Input className="text-input" placeholder={words.searchPlaceholder} />
      </SearchField>
      <FileButton
        kind="one-picture"
        className="quiet-button"
        onFiles={([file]) => {
          if (file !== undefined) searchPicture(file)
        }}
      >
        {words.searchByPicture}
      </FileButton>
      {isSearching && (
        <p className="note" role="status">
          {words.searching}{' '}
          <button type="button" className="quiet-button" onClick={clearSearch}>
            {strings.progress.cancel}
          </button>
        </p>
      )}
      {found !== null && !isSearching && (
        <p className="note" role="status">
          {words.found(found.items.length, found.label)}{' '}
          <button
            type="button"
            className="quiet-button"
            onClick={() => {
              setTyped('')
              clearSearch()
            }}
          >
            {words.showAll}
          </button>
        </p>
      )}
    </div>
  )
}

function About({ database }: { readonly database: LibraryDatabase }) {
  const { id, name, clipId, clipMatches, readOnly } = database
  const clipName = useClipName(clipId)
  const { rename, remove, exportFile, closeBrowsing } = useLibraryActions()
  const [typed, setTyped] = useState(name)
  const words = strings.library
  return (
    <div className="database-about">
      {!readOnly && (
        <form
          className="rename"
          onSubmit={(event) => {
            event.preventDefault()
            if (typed.trim() !== '' && typed !== name) rename(id, typed)
          }}
        >
          <TextField className="text-field" value={typed} onChange={setTyped} maxLength={200}>
            <Label className="setting-label">{words.name}</Label>
            <Input className="text-input" />
          </TextField>
          <Button type="submit" className="button" isDisabled={typed.trim() === '' || typed === name}>
            {words.rename}
          </Button>
        </form>
      )}
      <p className="note">
        <span title={words.clip(clipId)}>{words.readFor(clipName)}</span> {clipMatches && words.sameClip}
      </p>
      <div className="database-actions">
        <button type="button" className="button" onClick={() => exportFile(id)}>
          {words.save}
        </button>
        {!readOnly && (
          <button
            type="button"
            className="quiet-button"
            onClick={() => {
              remove(id)
              closeBrowsing()
            }}
          >
            {words.remove}
          </button>
        )}
        {!readOnly && <MergeStyle database={database} />}
      </div>
    </div>
  )
}
