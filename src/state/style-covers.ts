// Gives the styles' cards their pictures: the pack's covers before it is open, more of a style that somebody points at.

import type { PackStyles } from '../platform/pack-styles.ts'
import type { JobClient } from '../protocol/client.ts'
import type { PackReference } from '../protocol/jobs.ts'
import { type AppState, isOwnStyle } from './app-state.ts'
import type { AppEvent } from './reduce.ts'

export interface StyleCoversDependencies {
  readonly getState: () => AppState
  readonly dispatch: (event: AppEvent) => void
  /** Of the worker that holds the pack. */
  readonly client: JobClient
  readonly readStyles: (pack: PackReference) => Promise<PackStyles>
  readonly createUrl: (blob: Blob) => string
}

/** None of these rejects: a card that gets no picture stays without. */
export interface StyleCovers {
  /** A pack is about to be opened: shows its styles and their covers as soon as they can be read. */
  foresee(pack: PackReference): void
  /** It is open now: cards that have no picture yet get theirs. */
  complete(): Promise<void>
  /** Reads more pictures of one style. */
  pointAt(styleId: string): Promise<void>
}

/** Thumbnails on a style's card. */
const COVERS = 6

export function createStyleCovers(dependencies: StyleCoversDependencies): StyleCovers {
  const { getState, dispatch, client, readStyles, createUrl } = dependencies
  /** Counts the openings: what an earlier one was to show comes too late. */
  let opening = 0
  let packCovers: Promise<ReadonlyMap<string, Blob> | null> = Promise.resolve(null)
  /** Styles of which all pictures were asked for. */
  const read = new Set<string>()
  /** What was pointed at before the pack was open. */
  let awaited: string | null = null

  async function readPackCovers(pack: PackReference, current: number): Promise<ReadonlyMap<string, Blob> | null> {
    const styles = await readStyles(pack).catch(() => null)
    if (styles === null || current !== opening) return null
    // Where an installed pack does not open, the built-in one takes its place: its styles are not known before.
    if (pack.kind === 'url') dispatch({ kind: 'styles-foreseen', styles: styles.styles })
    const covers = await styles.readCovers().catch(() => null)
    if (covers !== null && current === opening) show(covers)
    return covers
  }

  function show(covers: ReadonlyMap<string, Blob>): void {
    const missing = getState().styles.flatMap(({ id, covers: shown }) => {
      const cover = covers.get(id)
      return cover === undefined || shown.length > 0 ? [] : [[id, [createUrl(cover)]] as const]
    })
    if (missing.length > 0) dispatch({ kind: 'covers-read', covers: new Map(missing) })
  }

  /** Of a style whose database cannot be read nothing is shown; choosing it tells why. */
  async function readDatabase(styleId: string): Promise<void> {
    const current = opening
    read.add(styleId)
    const found = await client.run('style-cover', { styleId, count: COVERS }).catch(() => null)
    // Another pack is being opened: its worker knows nothing of these styles.
    if (current !== opening) return
    const shown = getState().styles.find(({ id }) => id === styleId)?.covers
    if (found === null || shown === undefined) {
      read.delete(styleId)
      return
    }
    // The cover is the first of them: left as it is, it does not blink.
    const covers = [...shown, ...found.thumbnails.slice(shown.length).map(createUrl)]
    dispatch({ kind: 'covers-read', covers: new Map([[styleId, covers]]) })
  }

  async function pointAt(styleId: string): Promise<void> {
    if (isOwnStyle({ id: styleId }) || read.has(styleId)) return
    if (getState().pack.kind === 'ready') await readDatabase(styleId)
    else awaited = styleId
  }

  return {
    foresee(pack) {
      read.clear()
      packCovers = readPackCovers(pack, ++opening)
    },
    async complete() {
      const current = opening
      const covers = await packCovers
      if (current !== opening) return
      if (covers !== null) {
        show(covers)
        if (awaited !== null) await pointAt(awaited)
        awaited = null
        return
      }
      const { styles, styleId } = getState()
      // The chosen one first: it is in sight.
      const ordered = [...styles.filter(({ id }) => id === styleId), ...styles.filter(({ id }) => id !== styleId)]
      for (const { id, covers } of ordered) {
        if (covers.length === 0 && !isOwnStyle({ id })) await readDatabase(id)
        if (current !== opening) return
      }
    },
    pointAt,
  }
}
