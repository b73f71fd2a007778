// Pictures becoming styles: a contact sheet that grows, what was left out and why, and a way to stop.

import { ProgressBar } from 'react-aria-components'
import type { SkippedEntry } from '../../core/library/import-pictures.ts'
import type { PausedImport } from '../../protocol/library-jobs.ts'
import { type Import, ownStyleId } from '../../state/library-state.ts'
import { Fold } from '../controls/fold.tsx'
import { useLibrary, useLibraryActions } from '../library/library-context.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'
import { FileButton } from './file-buttons.tsx'
import './dropping.css'

/** Skipped files shown by name; past them only their number. */
const MOST_NAMED = 200

interface ImportListProps {
  /** Of one database alone, where one is given. */
  readonly databaseId?: string
}

export function ImportList({ databaseId: only }: ImportListProps) {
  const isShown = ({ databaseId }: Pick<Import, 'databaseId'>) => only === undefined || databaseId === only
  const imports = useLibrary((state) => state.imports).filter(isShown)
  const paused = useLibrary((state) => state.paused).filter(isShown)
  if (imports.length + paused.length === 0) return null
  const goingOn = new Set(imports.map(({ databaseId }) => databaseId))
  return (
    <section className="imports" aria-label={strings.dropping.importsLabel}>
      {imports.map((one) => (
        <ImportCard key={one.id} one={one} isInside={only !== undefined} />
      ))}
      {paused
        .filter(({ databaseId }) => !goingOn.has(databaseId))
        .map((one) => (
          <PausedCard key={one.id} paused={one} />
        ))}
    </section>
  )
}

interface ImportCardProps {
  readonly one: Import
  /** Where one looks into the style, and sees those of its pictures that are there: they need no sheet of their own. */
  readonly isInside: boolean
}

function ImportCard({ one, isInside }: ImportCardProps) {
  const { status, name, tally, sheet, skipped } = one
  const isOver = status === 'done' || status === 'failed'
  return (
    <article className="import" data-status={status}>
      <header className="import-head">
        <h3 className="import-name">
          <bdi>{name}</bdi>
        </h3>
        <ImportActions one={one} />
      </header>
      {!isOver && (
        <ProgressBar
          className="import-progress"
          aria-label={strings.dropping.progressLabel(name)}
          value={tally.done}
          maxValue={Math.max(1, tally.total)}
        >
          {({ percentage }) => (
            <span className="import-line">
              <span style={{ inlineSize: `${percentage ?? 0}%` }} />
            </span>
          )}
        </ProgressBar>
      )}
      <p className="import-words" role={isOver ? 'status' : undefined}>
        {sayState(one)}
      </p>
      {sheet.length > 0 && !(isInside && isOver) && (
        <div className="contact-sheet" aria-hidden="true">
          {sheet.map((url) => (
            <img key={url} src={url} alt="" decoding="async" />
          ))}
        </div>
      )}
      {skipped.length > 0 && <Skipped entries={skipped} />}
    </article>
  )
}

function ImportActions({ one }: { readonly one: Import }) {
  const { pause, stop, dismissImport } = useLibraryActions()
  const { setStyle } = useActions()
  const words = strings.dropping
  const chosenId = useApp((state) => state.styleId)
  const styles = useApp((state) => state.styles)
  if (one.status === 'done' || one.status === 'failed') {
    const styleId = one.databaseId === null ? null : ownStyleId(one.databaseId)
    const canUse = styleId !== null && styleId !== chosenId && styles.some(({ id }) => id === styleId)
    return (
      <div className="import-actions">
        {canUse && (
          <button type="button" className="button" onClick={() => setStyle(styleId)}>
            {words.paintWithIt}
          </button>
        )}
        <button type="button" className="quiet-button" onClick={() => dismissImport(one.id)}>
          {strings.notices.dismiss}
        </button>
      </div>
    )
  }
  return (
    <div className="import-actions">
      {one.kind === 'pictures' && one.status === 'running' && one.databaseId !== null && (
        <button type="button" className="button" onClick={() => pause(one.id)}>
          {words.pause}
        </button>
      )}
      <button type="button" className="quiet-button" disabled={one.status === 'stopping'} onClick={() => stop(one.id)}>
        {one.status === 'stopping' ? strings.progress.cancelling : words.stop}
      </button>
    </div>
  )
}

function sayState({ kind, status, tally, ratePerSecond, secondsLeft, failure }: Import): string {
  const words = strings.dropping
  switch (status) {
    case 'waiting':
      return words.waiting
    case 'running':
    case 'stopping':
      if (kind === 'embedding-again') return words.readingAgain(tally.done, tally.total)
      if (tally.done === 0) return kind === 'embeddings' ? words.reading(0, tally.total) : words.preparing(tally.total)
      return kind === 'pictures'
        ? words.running(tally, ratePerSecond, secondsLeft)
        : words.reading(tally.done, tally.total)
    case 'done':
      if (kind === 'embeddings') return words.doneRows(tally.added, tally.skipped)
      if (kind === 'embedding-again') return words.doneAgain(tally.total)
      return kind === 'pictures' ? words.done(tally) : words.doneFile
    case 'failed': {
      const isRefused = failure?.code === 'database-damaged' || failure?.code === 'invalid-input'
      if (kind === 'embeddings' && isRefused) return words.refusedRows(failure.message)
      const { happened, stillWorks } = findRemedy(failure?.code ?? 'internal').words
      return `${happened} ${stillWorks}`
    }
    default:
      return status satisfies never
  }
}

/** An import that waits to go on, from this visit or an earlier one. */
function PausedCard({ paused }: { readonly paused: PausedImport }) {
  const { resume, forgetPaused } = useLibraryActions()
  const { id, name, total, added, skipped } = paused
  const words = strings.dropping
  return (
    <article className="import" data-status="paused">
      <header className="import-head">
        <h3 className="import-name">
          <bdi>{name}</bdi>
        </h3>
        <div className="import-actions">
          {paused.handles.length > 0 ? (
            <button type="button" className="button" onClick={() => resume(id, null)}>
              {words.goOn}
            </button>
          ) : (
            <PickAgain onFiles={(files) => resume(id, files)} onAtHand={() => resume(id, null)} pausedId={id} />
          )}
          <button type="button" className="quiet-button" onClick={() => forgetPaused(id)}>
            {words.enough}
          </button>
        </div>
      </header>
      <p className="import-words">{words.paused(added, skipped, total)}</p>
    </article>
  )
}

interface PickAgainProps {
  readonly pausedId: string
  readonly onFiles: (files: readonly File[]) => void
  readonly onAtHand: () => void
}

/** Files that were picked on this visit are at hand still; after a reload the folder has to be picked again. */
function PickAgain({ pausedId, onFiles, onAtHand }: PickAgainProps) {
  const isAtHand = useLibrary((state) => state.atHand.has(pausedId))
  return isAtHand ? (
    <button type="button" className="button" onClick={onAtHand}>
      {strings.dropping.goOn}
    </button>
  ) : (
    <FileButton kind="folder" className="button" onFiles={onFiles}>
      {strings.dropping.pickAgain}
    </FileButton>
  )
}

function Skipped({ entries }: { readonly entries: readonly SkippedEntry[] }) {
  const words = strings.dropping
  return (
    <Fold label={words.skipped(entries.length)}>
      <ul className="skipped">
        {entries.slice(0, MOST_NAMED).map(({ name, reason }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows, and two files may have one name
          <li key={at}>
            <bdi className="skipped-name">{name}</bdi> <span className="note">{words.reasons[reason]}</span>
          </li>
        ))}
        {entries.length > MOST_NAMED && <li className="note">{words.moreSkipped(entries.length - MOST_NAMED)}</li>}
      </ul>
    </Fold>
  )
}
