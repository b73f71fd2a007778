// Makes dropped pictures into databases, one import after another: walks folders, asks where there is a choice, counts.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { FileEntry, ImportEvent, LibraryJobs } from '../protocol/library-jobs.ts'
import { nextMacrotask } from '../protocol/next-macrotask.ts'
import type { Failure } from './app-state.ts'
import type { EmbeddingImporter, FoundCollection } from './import-embeddings.ts'
import type { Import, LibraryActions, LibraryAppState } from './library-state.ts'
import { failureOf } from './present.ts'

/** Files as they are found, and the handles by which they can be found again on another visit. */
export interface FoundFiles {
  readonly entries: AsyncIterable<FileEntry>
  readonly handles: Promise<readonly FileSystemHandle[]>
}

/** What the page's adapters know of files. */
export interface FileFinder {
  findTransferred(transfer: DataTransfer): FoundFiles
  findPicked(files: readonly File[]): FoundFiles
  findByHandles(handles: readonly FileSystemHandle[]): FoundFiles
  /** Asks the person where the browser wants it; true where all may be read. */
  askToRead(handles: readonly FileSystemHandle[]): Promise<boolean>
  /** Null where fewer than two folders hold files. */
  groupByFolder(entries: readonly FileEntry[]): ReadonlyMap<string, readonly FileEntry[]> | null
  /** Whether the file is a style database rather than a zip of pictures. */
  isDatabaseFile(file: Blob): Promise<boolean>
}

export interface ImportQueueParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  readonly embeddings: EmbeddingImporter
  readonly files: FileFinder
  readonly createUrl: (blob: Blob) => string
  readonly dispose: (url: string) => void
  /** Reads the shelf anew. */
  readonly refresh: () => Promise<void>
  /** A database has other rows than before. */
  readonly onRows: (databaseId: string) => void
  /** A new database has all its pictures. */
  readonly onMade: (databaseId: string) => void
  /** The name of pictures that came without a folder. */
  readonly nameless: string
}

export type ImportQueue = Pick<
  LibraryActions,
  'drop' | 'pick' | 'accept' | 'declineOffer' | 'pause' | 'stop' | 'dismissImport' | 'resume' | 'embedAgain'
>

/** A batch that waits, or that can go on. */
interface Source {
  readonly files: readonly FileEntry[]
  readonly handles: readonly FileSystemHandle[]
}

type Task =
  | (Source & { readonly kind: 'pictures'; readonly databaseId: string | null; readonly pausedId: string | null })
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'embeddings'; readonly collection: FoundCollection }
  | { readonly kind: 'embedding-again'; readonly databaseId: string }

const NO_TALLY = { done: 0, total: 0, added: 0, duplicates: 0, skipped: 0 }
/** Pictures on the contact sheet; older ones make room. */
const SHEET = 240
/** Files found between two looks at the count, and two turns for others. */
const COUNT_EVERY = 100
/** Files of one message to the worker: a page takes most of a millisecond for each. */
const SENT_AT_ONCE = 32

export function createImportQueue(parts: ImportQueueParts): ImportQueue {
  const { store, client, embeddings, files, createUrl, dispose, refresh } = parts
  const tasks = new Map<number, Task>()
  const controllers = new Map<number, AbortController>()
  /** Files of paused imports, by the library's id: they are at hand until the page closes. */
  const atHand = new Map<string, Source>()
  /** Imports that are to end for good, rather than pause. */
  const stopping = new Set<number>()
  let offered: (Source & { readonly databaseId: string | null }) | null = null
  let walk = 0
  let lastId = 0
  let isWorking = false

  const find = (id: number) => store.getState().imports.find((candidate) => candidate.id === id)

  function change(id: number, change: Partial<Import>): void {
    const imports = store.getState().imports.map((one) => (one.id === id ? { ...one, ...change } : one))
    store.setState({ imports })
  }

  function enqueue(name: string, task: Task): void {
    const id = ++lastId
    tasks.set(id, task)
    show({
      id,
      kind: task.kind,
      name,
      status: 'waiting',
      databaseId: targetOf(task),
      total: totalOf(task),
      failure: null,
    })
    void work()
  }

  /** Embeddings that cannot be used are listed with the reason, as an import that failed. */
  function refuse(name: string, detail: string): void {
    const failure: Failure = { code: 'database-damaged', message: detail, detail: '' }
    show({ id: ++lastId, kind: 'embeddings', name, status: 'failed', databaseId: null, total: 0, failure })
  }

  function show({
    total,
    ...begun
  }: Pick<Import, 'id' | 'kind' | 'name' | 'status' | 'databaseId' | 'failure'> & { readonly total: number }): void {
    const one: Import = {
      ...begun,
      tally: { ...NO_TALLY, total },
      ...{ ratePerSecond: 0, secondsLeft: null, sheet: [], skipped: [] },
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
    try {
      const databaseId = await runTask(begun, task, controller.signal)
      await showRows(id)
      change(id, { status: 'done', databaseId, secondsLeft: null })
      if (targetOf(task) === null && databaseId !== null) parts.onMade(databaseId)
    } catch (error) {
      const failure = failureOf(error)
      await showRows(id)
      if (failure.code === 'cancelled') afterStop(id, task)
      else change(id, { status: 'failed', failure })
    } finally {
      controllers.delete(id)
      tasks.delete(id)
    }
  }

  /** Shows what an import has left, however it ended. */
  async function showRows(id: number): Promise<void> {
    await refresh()
    const databaseId = find(id)?.databaseId ?? null
    if (databaseId !== null) parts.onRows(databaseId)
  }

  async function runTask(begun: Import, task: Task, signal: AbortSignal): Promise<string | null> {
    const { id, name } = begun
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) =>
      change(id, { tally: { ...NO_TALLY, done, total, added: done } })
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
      case 'pictures': {
        const { databaseId, handles, pausedId } = task
        const sent = await sendAhead(`${id}`, task.files, signal)
        const input = { databaseId, name, ...sent, handles, importId: pausedId }
        const onEvent = (event: ImportEvent) => hear(id, event)
        const output = await client.run('import-images', input, { signal, onEvent })
        if (pausedId !== null) letGo(pausedId)
        change(id, { skipped: output.skipped })
        return output.databaseId
      }
    }
  }

  /** Sends all but the last few, so that the page answers meanwhile. */
  async function sendAhead(batch: string, files: readonly FileEntry[], signal: AbortSignal) {
    let sent = 0
    for (; files.length - sent > SENT_AT_ONCE; sent += SENT_AT_ONCE) {
      await client.run('import-files', { batch, files: files.slice(sent, sent + SENT_AT_ONCE) }, { signal })
    }
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
        change(id, { skipped: [...before.skipped, { name: event.name, reason: event.reason }] })
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

  /** A paused import is on the list that `refresh` read; one that was to end is taken off it again. */
  function afterStop(id: number, task: Task): void {
    const stopped = find(id)
    if (stopped === undefined) return
    const paused = store.getState().paused.find(({ databaseId }) => databaseId === stopped.databaseId)
    if (task.kind === 'pictures' && paused !== undefined) {
      if (stopping.delete(id)) void forget(paused.id)
      else hold(paused.id, task)
    }
    dismissImport(id)
  }

  function hold(pausedId: string, source: Source): void {
    atHand.set(pausedId, source)
    store.setState({ atHand: new Set(atHand.keys()) })
  }

  function letGo(pausedId: string): void {
    atHand.delete(pausedId)
    store.setState({ atHand: new Set(atHand.keys()) })
  }

  async function forget(pausedId: string): Promise<void> {
    letGo(pausedId)
    await client.run('library-forget-import', { importId: pausedId }).catch(() => null)
    await refresh()
  }

  function dismissImport(id: number): void {
    const { imports } = store.getState()
    for (const url of find(id)?.sheet ?? []) dispose(url)
    store.setState({ imports: imports.filter((one) => one.id !== id) })
  }

  function cancel(id: number): void {
    const one = find(id)
    if (one?.status === 'waiting') {
      tasks.delete(id)
      dismissImport(id)
    } else if (one?.status === 'running') {
      change(id, { status: 'stopping' })
      controllers.get(id)?.abort()
    }
  }

  /** Walks what was found to its end, and starts or asks. */
  async function offer(found: FoundFiles, databaseId: string | null): Promise<void> {
    const mine = ++walk
    const entries: FileEntry[] = []
    try {
      for await (const entry of found.entries) {
        if (mine !== walk) return
        entries.push(entry)
        if (entries.length % COUNT_EVERY === 1) {
          const { path } = entry
          store.setState({
            offer: { kind: 'counting', name: topFolder([{ path }], parts.nameless), count: entries.length },
          })
          // Files that were picked are all there: without this they would be one long task.
          await nextMacrotask()
        }
      }
      const handles = await found.handles
      if (mine === walk) await consider({ files: entries, handles }, databaseId)
    } catch (error) {
      if (mine === walk) store.setState({ offer: null, failure: failureOf(error) })
    }
  }

  async function consider(source: Source, databaseId: string | null): Promise<void> {
    const { rest: others, databaseFiles } = await splitOff(source.files)
    const { rest, collections, refused } = await embeddings.sort(others, await openClipDim())
    const name = topFolder(rest, parts.nameless)
    for (const collection of collections) enqueue(collection.name, { kind: 'embeddings', collection })
    for (const { name, detail } of refused) refuse(name, detail)
    for (const { path, file } of databaseFiles) {
      enqueue(withoutEnding(path), { kind: 'file', file })
    }
    const groups = databaseId === null ? files.groupByFolder(rest) : null
    if (rest.length === 0) {
      const isEmpty = databaseFiles.length + collections.length + refused.length === 0
      store.setState({ offer: isEmpty ? { kind: 'empty', name } : null })
    } else if (groups === null) {
      store.setState({ offer: null })
      enqueue(nameOf(databaseId) ?? name, {
        kind: 'pictures',
        files: rest,
        handles: source.handles,
        databaseId,
        pausedId: null,
      })
    } else {
      offered = { files: rest, handles: source.handles, databaseId }
      const folders = Array.from(groups, ([path, inside]) => ({ name: lastFolder(path, name), count: inside.length }))
      store.setState({ offer: { kind: 'choosing', name, count: rest.length, folders } })
    }
  }

  /** Files may be dropped before the library is open. */
  function openClipDim(): Promise<number> {
    return new Promise((resolve) => {
      const isSettled = () => {
        const { status, clipDim } = store.getState()
        if (status !== 'opening') resolve(clipDim)
        return status !== 'opening'
      }
      if (isSettled()) return
      const stop = store.subscribe(() => {
        if (isSettled()) stop()
      })
    })
  }

  /** Style database files are taken as they are; they are few, and known by their ending before they are looked into. */
  async function splitOff(entries: readonly FileEntry[]) {
    const rest: FileEntry[] = []
    const databaseFiles: { readonly path: string; readonly file: File }[] = []
    for (const entry of entries) {
      const { path, file } = entry
      const whole = /\.zip$/i.test(path) && file !== null ? await readWhole(file) : null
      if (whole !== null && (await files.isDatabaseFile(whole))) databaseFiles.push({ path, file: whole })
      else rest.push(entry)
    }
    return { rest, databaseFiles }
  }

  function nameOf(databaseId: string | null): string | null {
    return store.getState().databases.find(({ id }) => id === databaseId)?.name ?? null
  }

  return {
    drop: (transfer, databaseId) => void offer(files.findTransferred(transfer), databaseId),
    pick: (picked, databaseId) => {
      if (picked.length > 0) void offer(files.findPicked(picked), databaseId)
    },
    accept: (choice) => {
      if (offered === null) return
      const { handles } = offered
      const { offer } = store.getState()
      const name = offer?.name ?? parts.nameless
      const groups = choice === 'one-for-each' ? files.groupByFolder(offered.files) : null
      const batches = groups ?? new Map([['', offered.files]])
      for (const [path, inside] of batches) {
        const task = { kind: 'pictures', files: inside, databaseId: null, pausedId: null } as const
        // Handles lead to all of the folders: after a reload each of the styles is offered again by picking its folder.
        enqueue(groups === null ? name : lastFolder(path, name), { ...task, handles: groups === null ? handles : [] })
      }
      offered = null
      store.setState({ offer: null })
    },
    declineOffer: () => {
      walk++
      offered = null
      store.setState({ offer: null })
    },
    pause: cancel,
    stop: (id) => {
      stopping.add(id)
      cancel(id)
    },
    dismissImport,
    resume: (pausedId, picked) => {
      const paused = store.getState().paused.find(({ id }) => id === pausedId)
      if (paused === undefined) return
      const { databaseId, name, handles } = paused
      const goOn = (source: Source) => enqueue(name, { kind: 'pictures', ...source, databaseId, pausedId })
      const known = atHand.get(pausedId)
      if (known !== undefined) goOn(known)
      else if (picked !== null) void listAll(files.findPicked(picked)).then(goOn)
      else {
        void files.askToRead(handles).then(async (mayRead) => {
          if (mayRead) goOn(await listAll(files.findByHandles(handles)))
        })
      }
    },
    embedAgain: (databaseId) => {
      const name = nameOf(databaseId)
      if (name !== null) enqueue(name, { kind: 'embedding-again', databaseId })
    },
  }
}

async function listAll({ entries, handles }: FoundFiles): Promise<Source> {
  const files: FileEntry[] = []
  for await (const entry of entries) files.push(entry)
  return { files, handles: await handles }
}

/** The database that a task changes; null where it makes one. */
function targetOf(task: Task): string | null {
  return task.kind === 'pictures' || task.kind === 'embedding-again' ? task.databaseId : null
}

/** Files or rows, as far as they are known before the task runs. */
function totalOf(task: Task): number {
  if (task.kind === 'pictures') return task.files.length
  return task.kind === 'embeddings' ? task.collection.rows : 0
}

/** Null where the file has gone meanwhile: the import will list it. */
async function readWhole(file: File | FileSystemFileHandle): Promise<File | null> {
  return 'getFile' in file ? file.getFile().catch(() => null) : file
}

/** The folder that all lie in, as a style's name. */
function topFolder(entries: readonly Pick<FileEntry, 'path'>[], nameless: string): string {
  const tops = new Set(entries.map(({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')))
  const [top = ''] = tops
  if (tops.size === 1 && top !== '') return top
  const [only] = entries
  return entries.length === 1 && only !== undefined && /\.zip$/i.test(only.path) ? withoutEnding(only.path) : nameless
}

function lastFolder(path: string, fallback: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || fallback
}

function withoutEnding(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
}
