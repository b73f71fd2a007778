// Pictures becoming styles: a contact sheet that grows, what was left out and why, and a way to stop.

import { ProgressBar } from 'react-aria-components'
import type { SkippedEntry } from '../../core/library/import-pictures.ts'
import type { PausedImport } from '../../protocol/library-jobs.ts'
import { type Import, ownStyleId } from '../../state/library-state.ts'
import { Fold } from '../controls/fold.tsx'
import { useLibrary, useLibraryActions } from '../library/library-context.ts'
import { StorageButton } from '../storage/storage-button.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { FileButton } from './file-buttons.tsx'
import { lacksRoom, sayFailure, sayState } from './import-words.ts'
import { useShownAtStart } from './show-import.ts'
import './dropping.css'

interface ImportListProps {
  /** Of one database alone, where one is given. */
  readonly databaseId?: string
}

export function ImportList({ databaseId: only }: ImportListProps) {
  const isShown = ({ databaseId }: Pick<Import, 'databaseId'>) => only === undefined || databaseId === only
  const imports = useLibrary((state) => state.imports).filter((one) => isShown(one) || one.beside === only)
  const paused = useLibrary((state) => state.paused).filter(isShown)
  const all = useLibrary((state) => state.imports)
  const listRef = useShownAtStart(imports)
  if (imports.length + paused.length === 0) return null
  // One that failed has its way on in its own card.
  const shown = new Set(all.filter(({ status }) => status !== 'done').map(({ importId }) => importId))
  return (
    <section ref={listRef} className="imports" aria-label={strings.dropping.importsLabel}>
      {imports.map((one) => (
        <ImportCard
          key={one.id}
          one={one}
          isInside={only !== undefined}
          isBeside={only !== undefined && one.beside === only}
          paused={paused.find(({ id }) => id === one.importId)}
        />
      ))}
      {paused
        .filter(({ id }) => !shown.has(id))
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
  /** Where it was dropped on that style, and is a style of its own. */
  readonly isBeside: boolean
  /** The same as it is kept, where it failed in a way that it can go on. */
  readonly paused: PausedImport | undefined
}

function ImportCard({ one, isInside, isBeside, paused }: ImportCardProps) {
  const { status, name, tally, sheet, skipped } = one
  const databases = useLibrary((state) => state.databases)
  const words = strings.dropping
  const isOver = status === 'done' || status === 'failed'
  const canGoOn = status === 'failed' && paused !== undefined
  return (
    <article className="import" data-status={status} data-import={one.id}>
      <header className="import-head">
        <h3 className="import-name">
          <bdi>{name}</bdi>
        </h3>
        {canGoOn ? <PausedActions paused={paused} lacksRoom={lacksRoom(one)} /> : <ImportActions one={one} />}
      </header>
      {!isOver && (
        <ProgressBar
          className="import-progress"
          aria-label={words.progressLabel(name)}
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
        {status === 'failed' ? sayFailure(one, paused ?? null, databases) : sayState(one, databases)}
      </p>
      {isBeside && <p className="note">{status === 'failed' ? words.notAdded : words.ownStyle}</p>}
      {canGoOn && <WhyUnfound pausedId={paused.id} />}
      {sheet.length > 0 && !(isInside && isOver) && (
        <div className="contact-sheet" aria-hidden="true">
          {sheet.map((url) => (
            <img key={url} src={url} alt="" decoding="async" />
          ))}
        </div>
      )}
      {skipped.length > 0 && <Skipped entries={skipped} count={Math.max(tally.skipped, skipped.length)} />}
    </article>
  )
}

function ImportActions({ one }: { readonly one: Import }) {
  const { pause, stop, resume, dismissImport } = useLibraryActions()
  const { setStyle } = useActions()
  const words = strings.dropping
  const chosenId = useApp((state) => state.styleId)
  const styles = useApp((state) => state.styles)
  const isAtHand = useLibrary((state) => one.importId !== null && state.atHand.has(one.importId))
  if (one.status === 'done' || one.status === 'failed') {
    const styleId = one.databaseId === null ? null : ownStyleId(one.databaseId)
    const { importId } = one
    const canBeginAgain = one.status === 'failed' && isAtHand && importId !== null
    const canUse = styleId !== null && styleId !== chosenId && styles.some(({ id }) => id === styleId)
    return (
      <div className="import-actions">
        {lacksRoom(one) && <StorageButton />}
        {canBeginAgain && (
          <button type="button" className="button" onClick={() => resume(importId, null)}>
            {words.goOn}
          </button>
        )}
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

/** An import that waits to go on, from this visit or an earlier one. */
function PausedCard({ paused }: { readonly paused: PausedImport }) {
  const { id, name, total, added, skipped } = paused
  return (
    <article className="import" data-status="paused">
      <header className="import-head">
        <h3 className="import-name">
          <bdi>{name}</bdi>
        </h3>
        <PausedActions paused={paused} lacksRoom={false} />
      </header>
      <p className="import-words">{strings.dropping.paused(added, skipped, total)}</p>
      <WhyUnfound pausedId={id} />
    </article>
  )
}

interface PausedActionsProps {
  readonly paused: PausedImport
  /** Whether room has to be made first. */
  readonly lacksRoom: boolean
}

/** Files of this visit are at hand still, and some browsers find a folder again; others have to be picked again. */
function PausedActions({ paused: { id, handles }, lacksRoom }: PausedActionsProps) {
  const { resume, forgetPaused } = useLibraryActions()
  const isAtHand = useLibrary((state) => state.atHand.has(id))
  const isUnfound = useLibrary((state) => state.unfound.has(id))
  const words = strings.dropping
  const canGoOn = isAtHand || handles.length > 0
  // A browser that is asked whether a folder may be read again need not have an answer, nor show that it asks.
  const pickClass = canGoOn ? 'quiet-button' : 'button'
  const pick = (files: readonly File[]) => resume(id, files)
  return (
    <div className="import-actions">
      {lacksRoom && <StorageButton />}
      {canGoOn && (
        <button type="button" className="button" onClick={() => resume(id, null)}>
          {words.goOn}
        </button>
      )}
      {(!isAtHand || isUnfound) && (
        <>
          <FileButton kind="folder" className={pickClass} onFiles={pick}>
            {words.pickAgain}
          </FileButton>
          <FileButton kind="files" className={pickClass} onFiles={pick}>
            {words.pickFilesAgain}
          </FileButton>
        </>
      )}
      <button type="button" className="quiet-button" onClick={() => forgetPaused(id)}>
        {words.enough}
      </button>
    </div>
  )
}

/** Why it did not go on when it was asked to. */
function WhyUnfound({ pausedId }: { readonly pausedId: string }) {
  const why = useLibrary((state) => state.unfound.get(pausedId))
  if (why === undefined) return null
  return (
    <p className="import-words" role="status">
      {strings.dropping.unfound[why]}
    </p>
  )
}

interface SkippedProps {
  readonly entries: readonly SkippedEntry[]
  /** Those that are not named too. */
  readonly count: number
}

function Skipped({ entries, count }: SkippedProps) {
  const words = strings.dropping
  return (
    <Fold label={words.skipped(count)}>
      <ul className="skipped">
        {entries.map(({ name, reason }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows, and two files may have one name
          <li key={at}>
            <bdi className="skipped-name">{name}</bdi> <span className="note">{words.reasons[reason]}</span>
          </li>
        ))}
        {count > entries.length && <li className="note">{words.moreSkipped(count - entries.length)}</li>}
      </ul>
    </Fold>
  )
}
