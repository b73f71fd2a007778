// Finds the files in what a person dropped, picked or pasted: folders are walked to their ends, by handles where there are any.

import type { FileEntry } from '../protocol/library-jobs.ts'

/** Files as they are found, and the handles by which they can be found again on another visit. */
export interface FoundFiles {
  readonly entries: AsyncIterable<FileEntry>
  /** Settles soon, before the entries are walked; empty where the browser gives none. */
  readonly handles: Promise<readonly FileSystemHandle[]>
}

/** What not every browser has, and the compiler's browser has not yet. */
interface HandleItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
}
interface AskableHandle {
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>
}

/** Deeper folders are passed over: links can go round in circles. */
const DEEPEST = 64

/**
 * What a drop or a paste holds. To be called inside its event: afterwards the browser takes the items away.
 * The folders are walked as the entries are asked for. A file that cannot be read is listed all the same; a folder that
 * cannot be is passed over.
 */
export function findTransferred({ items }: Pick<DataTransfer, 'items'>): FoundFiles {
  const found = Array.from(items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({
      handle: (item as HandleItem).getAsFileSystemHandle?.().catch(() => null) ?? null,
      entry: item.webkitGetAsEntry(),
      file: item.getAsFile(),
    }))
  const handles = Promise.all(found.map(({ handle }) => handle))
  async function* walk(): AsyncGenerator<FileEntry> {
    for (const [i, { entry, file }] of found.entries()) {
      const handle = (await handles)[i]
      if (handle) yield* walkHandle(handle)
      else if (entry) yield* walkEntry(entry)
      else if (file) yield { path: file.name, file }
    }
  }
  return { entries: walk(), handles: handles.then((all) => all.filter((handle) => handle !== null)) }
}

/** What an input of files or of a folder holds: files in the order in which they were given, a folder as if it were walked. */
export function findPicked(files: Iterable<File>): FoundFiles {
  async function* list(): AsyncGenerator<FileEntry> {
    const given = Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }))
    const isFolder = given.some(({ file }) => file.webkitRelativePath !== '')
    yield* isFolder ? inOrderOfNames(given) : given
  }
  return { entries: list(), handles: Promise.resolve([]) }
}

/** What handles lead to: those of a picker, or of an import that is to go on. Permission to read is the caller's to ask for. */
export function findByHandles(handles: readonly FileSystemHandle[]): FoundFiles {
  async function* walk(): AsyncGenerator<FileEntry> {
    for (const handle of handles) yield* walkHandle(handle)
  }
  return { entries: walk(), handles: Promise.resolve(handles) }
}

/** Asks to read them again; to be called where a person has just clicked. True where all may be read. */
export async function askToRead(handles: readonly FileSystemHandle[]): Promise<boolean> {
  for (const handle of handles) {
    const answer = await (handle as AskableHandle).requestPermission?.({ mode: 'read' })
    if (answer !== undefined && answer !== 'granted') return false
  }
  return true
}

/** Files by the folder that holds them, where at least two folders do; else null. */
export function groupByFolder(entries: readonly FileEntry[]): ReadonlyMap<string, readonly FileEntry[]> | null {
  const groups = new Map<string, FileEntry[]>()
  for (const entry of entries) {
    const folder = entry.path.split('/').slice(0, -1).join('/')
    const group = groups.get(folder)
    if (group) group.push(entry)
    else groups.set(folder, [entry])
  }
  return [...groups.keys()].filter((folder) => folder !== '').length >= 2 ? groups : null
}

async function* walkHandle(handle: FileSystemHandle, folder = '', depth = 0): AsyncGenerator<FileEntry> {
  const path = folder === '' ? handle.name : `${folder}/${handle.name}`
  if (handle.kind === 'file') yield { path, file: handle as FileSystemFileHandle }
  else if (depth < DEEPEST) {
    for (const inside of await listFolder(handle as FileSystemDirectoryHandle)) {
      yield* walkHandle(inside, path, depth + 1)
    }
  }
}

/** In the order of names, so that the same folder gives the same database. */
async function listFolder(folder: FileSystemDirectoryHandle): Promise<readonly FileSystemHandle[]> {
  const inside: FileSystemHandle[] = []
  try {
    for await (const handle of folder.values()) inside.push(handle)
  } catch {
    // What was listed before the folder vanished is there or not; the import will find out.
  }
  return inside.sort(byName)
}

async function* walkEntry(entry: FileSystemEntry, depth = 0): AsyncGenerator<FileEntry> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    yield { path, file: await fileOf(entry as FileSystemFileEntry) }
  } else if (depth < DEEPEST) {
    for (const inside of await listEntries(entry as FileSystemDirectoryEntry)) yield* walkEntry(inside, depth + 1)
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)))
}

/** A reader hands its entries out in pieces, and an empty one at the end. */
async function listEntries(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const inside: FileSystemEntry[] = []
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (piece.length === 0) return inside.sort(byName)
    inside.push(...piece)
  }
}

/** Browsers list a folder's files as the disk has them. */
function inOrderOfNames<Entry extends { readonly path: string }>(entries: readonly Entry[]): readonly Entry[] {
  const placed = entries.map((entry) => ({ entry, names: entry.path.split('/') }))
  placed.sort(({ names: a }, { names: b }) => {
    const fork = a.findIndex((name, i) => name !== b[i])
    return fork === -1 ? a.length - b.length : ORDER.compare(a[fork] ?? '', b[fork] ?? '')
  })
  return placed.map(({ entry }) => entry)
}

/** Numbers in names count as numbers: 2 before 10. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return ORDER.compare(a.name, b.name)
}

const ORDER = new Intl.Collator('en', { numeric: true })
