// Makes dropped pictures into databases, one import after another: what waits is kept, what is paused goes on.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { FileEntry, ImportEvent, LibraryJobs, PausedImport } from '../protocol/library-jobs.ts'
import type { Failure } from './app-state.ts'
import { createDropOffers, type NewImport, type NewPictures, type Origin } from './drop-offers.ts'
import type { FileFinder } from './file-finder.ts'
import type { EmbeddingImporter } from './import-embeddings.ts'
import { type Import, type LibraryActions, type LibraryAppState, NAMED_SKIPPED, type Unfound } from './library-state.ts'
import { failureOf } from './present.ts'
import { QUIET_MS, watchJob } from './watch-job.ts'

export interface ImportQueueParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  readonly embeddings: EmbeddingImporter
  readonly files: FileFinder
  /** A new id at each call, unlike any of other visits. */
  readonly createId: () => string
  readonly createUrl: (blob: Blob) => string
  readonly dispose: (url: string) => void
  /** Reads the shelf anew. */
  readonly refresh: () => Promise<void>
  /** A database has other rows than before. */
  readonly onRows: (databaseId: string) => void
  /** Something is dropped or picked, or goes on; what it returns is told of each new database that came of it whole. */
  readonly onDrop: () => Origin['onMade']
  /** The name of pictures that came without a folder. */
  readonly nameless: string
}

export type ImportQueue = Pick<
  LibraryActions,
  | 'drop'
  | 'pick'
  | 'accept'
  | 'declineOffer'
  | 'pause'
  | 'stop'
  | 'dismissImport'
  | 'resume'
  | 'forgetPaused'
  | 'embedAgain'
>

/** Pictures with the id under which the library keeps their import. */
interface Pictures extends NewPictures {
  readonly importId: string
  /** Settles when it is kept: only then may it begin. */
  readonly untilKept: Promise<unknown>
}

type Task =
  | Pictures
  | Exclude<NewImport, { readonly kind: 'pictures' }>
  | { readonly kind: 'embedding-again'; readonly databaseId: string }

const NO_TALLY = { done: 0, total: 0, added: 0, duplicates: 0, skipped: 0 }
/** Pictures on the contact sheet; older ones make room. */
const SHEET = 240
/** Files of one message to the worker: a page takes most of a millisecond for each. */
const SENT_AT_ONCE = 32
/** Files between two looks at how many are sent: of a thousand, the page is drawn a few times a second. */
const SAID_EVERY = 32 * SENT_AT_ONCE

export function createImportQueue(parts: ImportQueueParts): ImportQueue {
  const { store, client, embeddings, files, createId, createUrl, dispose, refresh } = parts
  const tasks = new Map<number, Task>()
  const origins = new Map<number, Origin>()
  const controllers = new Map<number, AbortController>()
  /** Files of imports that were paused or failed, by the library's id: they are at hand until the page closes. */
  const atHand = new Map<string, readonly FileEntry[]>()
  /** Of those, the ones that the library could not keep. */
  const unkept = new Map<string, { readonly name: string; readonly task: NewPictures }>()
  /** Imports that are to end for good, rather than pause. */
  const stopping = new Set<number>()
  let lastId = 0
  let isWorking = false

  const find = (id: number) => store.getState().imports.find((candidate) => candidate.id === id)

  function change(id: number, change: Partial<Import>): void {
    const imports = store.getState().imports.map((one) => (one.id === id ? { ...one, ...change } : one))
    store.setState({ imports })
  }

  /** @returns its id in the state */
  function enqueue(name: string, task: Task, origin: Origin): number {
    const id = ++lastId
    tasks.set(id, task)
    origins.set(id, origin)
    show({
      id,
      kind: task.kind,
      name,
      status: 'waiting',
      databaseId: targetOf(task),
      beside: task.kind === 'file' || task.kind === 'embeddings' ? origin.databaseId : null,
      importId: task.kind === 'pictures' ? task.importId : null,
      total: totalOf(task),
      failure: null,
    })
    void work()
    return id
  }

  /** Pictures that wait for their turn are kept, so that a reload forgets none. */
  function enqueueNew(name: string, task: NewImport, origin: Origin): void {
    if (task.kind !== 'pictures') {
      enqueue(name, task, origin)
      return
    }
    const importId = createId()
    const { databaseId, total, handles, within } = task
    const untilKept = client.run('library-keep-import', { importId, databaseId, name, total, handles, within })
    const id = enqueue(name, { ...task, importId, untilKept }, origin)
    change(id, { isKept: false })
    untilKept.then(
      () => change(id, { isKept: true }),
      // Its own turn says so.
      () => null,
    )
  }

  /** Embeddings that cannot be used are listed with the reason, as an import that failed. */
  function refuse(name: string, detail: string, origin: Origin): void {
    const failure: Failure = { code: 'database-damaged', message: detail, detail: '' }
    show({
      id: ++lastId,
      kind: 'embeddings',
      name,
      status: 'failed',
      databaseId: null,
      beside: origin.databaseId,
      importId: null,
      total: 0,
      failure,
    })
  }

  function show({
    total,
    ...begun
  }: Pick<Import, 'id' | 'kind' | 'name' | 'status' | 'databaseId' | 'beside' | 'importId' | 'failure'> & {
    readonly total: number
  }): void {
    const one: Import = {
      ...begun,
      tally: { ...NO_TALLY, total },
      ...{ isKept: true, isQuiet: false, sent: 0, ratePerSecond: 0, secondsLeft: null, sheet: [], skipped: [] },
    }
    store.setState({ imports: [...store.getState().imports, one], failure: null })
  }

  async function work(): Promise<void> {
    if (isWorking) return
    isWorking = true
    for (;;) {
      const next = store.getState().imports.find(({ status }) => status === 'waiting')
      if (next === undefined) break
      await run(next)
    }
    isWorking = false
  }

  async function run(begun: Import): Promise<void> {
    const { id } = begun
    const task = tasks.get(id)
    if (task === undefined) return
    const controller = new AbortController()
    controllers.set(id, controller)
    change(id, { status: 'running' })
    const watch = watchJob(
      QUIET_MS,
      () => change(id, { isQuiet: true }),
      () => performance.now(),
    )
    const heard = () => {
      watch.heard()
      if (find(id)?.isQuiet) change(id, { isQuiet: false })
    }
    try {
      const databaseId = await runTask(begun, task, controller.signal, heard)
      await showRows(id)
      change(id, { status: 'done', databaseId, secondsLeft: null })
      if (targetOf(task) === null && databaseId !== null) origins.get(id)?.onMade(databaseId)
    } catch (error) {
      const failure = failureOf(error)
      await showRows(id)
      if (failure.code === 'cancelled') await afterStop(id, task)
      else {
        await hold(begun.name, task)
        change(id, { status: 'failed', failure })
      }
    } finally {
      watch.stop()
      controllers.delete(id)
      tasks.delete(id)
      origins.delete(id)
      stopping.delete(id)
    }
  }

  /** Shows what an import has left, however it ended. */
  async function showRows(id: number): Promise<void> {
    await refresh()
    const databaseId = find(id)?.databaseId ?? null
    if (databaseId !== null) parts.onRows(databaseId)
  }

  /** @param heard is called whenever the job tells something */
  async function runTask(begun: Import, task: Task, signal: AbortSignal, heard: () => void): Promise<string | null> {
    const { id, name } = begun
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) => {
      heard()
      change(id, { tally: { ...NO_TALLY, done, total, added: done } })
    }
    switch (task.kind) {
      case 'embeddings': {
        const { collection } = task
        const onRows = (done: number) => onProgress({ done, total: collection.rows })
        const { databaseId, rows, withoutDirection } = await embeddings.run(collection, signal, onRows)
        const total = rows + withoutDirection
        change(id, { tally: { done: total, total, added: rows, duplicates: 0, skipped: withoutDirection } })
        return databaseId
      }
      case 'file':
        return (await client.run('library-import-file', { file: task.file }, { signal, onEvent: onProgress }))
          .databaseId
      case 'embedding-again':
        await client.run('library-reembed', { databaseId: task.databaseId }, { signal, onEvent: onProgress })
        return task.databaseId
      case 'pictures':
        try {
          return await importPictures(id, name, task, signal, heard)
        } catch (error) {
          // Where it ended before it had begun it waits still, and no tab would offer it.
          await client.run('library-pause-import', { importId: task.importId }).catch(() => null)
          throw error
        }
    }
  }

  async function importPictures(
    id: number,
    name: string,
    task: Pictures,
    signal: AbortSignal,
    heard: () => void,
  ): Promise<string | null> {
    const { databaseId, handles, importId, untilKept } = task
    await untilKept
    const sent = await sendAhead(id, task.files, signal, heard)
    const input = { databaseId, name, ...sent, handles, importId }
    const onEvent = (event: ImportEvent) => {
      heard()
      hear(id, event)
    }
    const output = await client.run('import-images', input, { signal, onEvent })
    letGo(importId)
    return output.databaseId
  }

  /** Sends all but the last few, so that the page answers meanwhile. */
  async function sendAhead(id: number, files: readonly FileEntry[], signal: AbortSignal, heard: () => void) {
    const batch = `${id}`
    let sent = 0
    for (; files.length - sent > SENT_AT_ONCE; sent += SENT_AT_ONCE) {
      if (sent % SAID_EVERY === 0) change(id, { sent })
      await client.run('import-files', { batch, files: files.slice(sent, sent + SENT_AT_ONCE) }, { signal })
      heard()
    }
    change(id, { sent: files.length })
    return { files: files.slice(sent), batch: sent === 0 ? null : batch }
  }

  function hear(id: number, event: ImportEvent): void {
    const before = find(id)
    if (before === undefined) return
    switch (event.kind) {
      case 'progress': {
        const { done, total, added, duplicates, skipped, ratePerSecond, secondsLeft } = event
        change(id, { tally: { done, total, added, duplicates, skipped }, ratePerSecond, secondsLeft })
        return
      }
      case 'skipped':
        // Of more, the tally has the number.
        if (before.skipped.length < NAMED_SKIPPED) {
          change(id, { skipped: [...before.skipped, { name: event.name, reason: event.reason }] })
        }
        return
      case 'added': {
        const all = [...before.sheet, ...event.thumbnails.map(createUrl)]
        for (const url of all.slice(0, -SHEET)) dispose(url)
        change(id, { databaseId: event.databaseId, sheet: all.slice(-SHEET) })
        // A new style shows in the strip from its first pictures on.
        if (before.databaseId === null) void refresh()
        parts.onRows(event.databaseId)
      }
    }
  }

  /** A paused import is on the list that `refresh` read; one that was to end is taken off it. */
  async function afterStop(id: number, task: Task): Promise<void> {
    if (task.kind === 'pictures') {
      if (stopping.has(id)) await forget(task)
      else await hold(find(id)?.name ?? parts.nameless, task)
    }
    dismissImport(id)
  }

  /** Keeps the files of an import that can go on, or begin again where the library could not keep it. */
  async function hold(name: string, task: Task): Promise<void> {
    if (task.kind !== 'pictures') return
    const { importId, files, untilKept } = task
    const isKept = await untilKept.then(
      () => true,
      () => false,
    )
    if (isKept && !store.getState().paused.some(({ id }) => id === importId)) return
    if (!isKept) unkept.set(importId, { name, task })
    atHand.set(importId, files)
    store.setState({ atHand: new Set(atHand.keys()) })
  }

  function letGo(importId: string): void {
    unkept.delete(importId)
    atHand.delete(importId)
    store.setState({ atHand: new Set(atHand.keys()) })
  }

  /** Ends an import that does not run, also for other visits. Never rejects. */
  async function forget({ importId, untilKept }: Pick<Pictures, 'importId' | 'untilKept'>): Promise<void> {
    letGo(importId)
    await untilKept.catch(() => null)
    await client.run('library-forget-import', { importId }).catch((error: unknown) => {
      store.setState({ failure: failureOf(error) })
    })
    await refresh()
  }

  /** The cards of an import that failed, when it goes on or is forgotten. */
  function dismissFailed(importId: string): void {
    for (const one of store.getState().imports) {
      if (one.importId === importId && one.status === 'failed') dismissImport(one.id)
    }
  }

  function dismissImport(id: number): void {
    const { imports } = store.getState()
    const one = find(id)
    for (const url of one?.sheet ?? []) dispose(url)
    if (one?.importId && unkept.has(one.importId)) letGo(one.importId)
    store.setState({ imports: imports.filter((one) => one.id !== id) })
  }

  function cancel(id: number): void {
    const one = find(id)
    const task = tasks.get(id)
    if (one?.status === 'waiting') {
      tasks.delete(id)
      origins.delete(id)
      stopping.delete(id)
      dismissImport(id)
      if (task?.kind === 'pictures') void forget(task)
    } else if (one?.status === 'running') {
      change(id, { status: 'stopping' })
      controllers.get(id)?.abort()
    }
  }

  async function goOn(paused: PausedImport, picked: readonly File[] | null): Promise<void> {
    const { id: importId, name, databaseId, within } = paused
    const origin = originOf(databaseId)
    sayUnfound(importId, null)
    const found = await findAgain(paused, picked)
    // While one way to its files waited for an answer, it may have gone on by another, or come to its end.
    const isRunning = store
      .getState()
      .imports.some((one) => one.importId === importId && one.status !== 'failed' && one.status !== 'done')
    if (isRunning || !store.getState().paused.some(({ id }) => id === importId)) return
    if (typeof found === 'string') {
      sayUnfound(importId, found)
      return
    }
    dismissFailed(importId)
    const source = { files: found, handles: picked === null ? paused.handles : [], within, total: found.length }
    enqueue(name, { kind: 'pictures', ...source, databaseId, importId, untilKept: Promise.resolve() }, origin)
  }

  /** The files of a paused import, or why there are none. Never rejects. */
  async function findAgain(
    { id, handles, within }: PausedImport,
    picked: readonly File[] | null,
  ): Promise<readonly FileEntry[] | Unfound> {
    const known = atHand.get(id)
    if (picked === null && known !== undefined) return (await files.areThere(known)) ? known : 'gone'
    try {
      if (picked === null && !(await files.askToRead(handles))) return 'refused'
      const { entries } = picked === null ? files.findByHandles(handles) : files.findPicked(picked)
      const all: FileEntry[] = []
      for await (const entry of entries) all.push(entry)
      const meant = within === null ? all : files.filesWithin(all, within, { pickedAgain: picked !== null })
      return meant.length > 0 ? meant : picked === null ? 'gone' : 'none-picked'
    } catch {
      return 'gone'
    }
  }

  function sayUnfound(importId: string, why: Unfound | null): void {
    const unfound = new Map(store.getState().unfound)
    if (why === null) unfound.delete(importId)
    else unfound.set(importId, why)
    store.setState({ unfound })
  }

  function originOf(databaseId: string | null): Origin {
    return { databaseId, onMade: parts.onDrop() }
  }

  function nameOf(databaseId: string | null): string | null {
    return store.getState().databases.find(({ id }) => id === databaseId)?.name ?? null
  }

  return {
    ...createDropOffers({
      ...{ store, embeddings, files, refuse, nameless: parts.nameless },
      ...{ enqueue: enqueueNew, onDrop: parts.onDrop },
    }),
    pause: cancel,
    stop: (id) => {
      stopping.add(id)
      cancel(id)
    },
    dismissImport,
    resume: (pausedId, picked) => {
      const again = unkept.get(pausedId)
      if (again !== undefined) {
        letGo(pausedId)
        dismissFailed(pausedId)
        enqueueNew(again.name, again.task, originOf(again.task.databaseId))
        return
      }
      const paused = store.getState().paused.find(({ id }) => id === pausedId)
      if (paused !== undefined) void goOn(paused, picked)
    },
    forgetPaused: (pausedId) => {
      dismissFailed(pausedId)
      sayUnfound(pausedId, null)
      void forget({ importId: pausedId, untilKept: Promise.resolve() })
    },
    embedAgain: (databaseId) => {
      const name = nameOf(databaseId)
      if (name !== null) enqueue(name, { kind: 'embedding-again', databaseId }, originOf(databaseId))
    },
  }
}

/** The database that a task changes; null where it makes one. */
function targetOf(task: Task): string | null {
  return task.kind === 'pictures' || task.kind === 'embedding-again' ? task.databaseId : null
}

/** Files or rows, as far as they are known before the task runs. */
function totalOf(task: Task): number {
  if (task.kind === 'pictures') return task.total
  return task.kind === 'embeddings' ? task.collection.rows : 0
}
