// Finds the files in what a person dropped, picked or pasted: folders are walked to their ends, by handles where there are any.

import { folderOf } from '../core/library/import-files.ts'
import { isNoPictureByName } from '../core/library/other-files.ts'
import { isSystemName, isSystemPath } from '../core/library/system-files.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'

/** Files as they are found, and the handles by which they can be found again on another visit. */
export interface FoundFiles {
  readonly entries: AsyncIterable<FileEntry>
  /** Settles soon, before the entries are walked; empty where the browser gives none. */
  readonly handles: Promise<readonly FileSystemHandle[]>
}

/** What not every browser has, and the compiler's browser has not yet. */
interface HandleItem {
  /** Undefined, in Chromium, of a file that a page made. */
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null | undefined>
}
interface AskableHandle {
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>
}

/** Files of one folder, or of one in a zip: a zip counts as a folder. */
export interface FolderGroup {
  readonly files: readonly FileEntry[]
  /** Those in zips one by one. */
  readonly count: number
}

interface Listed<Inside> {
  readonly inside: readonly Inside[]
  /** Whether the folder could be read to its end. */
  readonly isWhole: boolean
}

/** Deeper folders are passed over: links can go round in circles. */
const DEEPEST = 64

/**
 * What a drop or a paste holds. To be called inside its event: afterwards the browser takes the items away.
 * The folders are walked as the entries are asked for. What cannot be read, a file or a folder, is listed all the same;
 * what systems leave in folders is passed over.
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
  return {
    entries: walk(),
    handles: handles.then((all) => all.filter((handle) => handle !== null && handle !== undefined)),
  }
}

/** What an input of files or of a folder holds: files in the order in which they were given, a folder as if it were walked. */
export function findPicked(files: Iterable<File>): FoundFiles {
  async function* list(): AsyncGenerator<FileEntry> {
    const given = Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }))
    const isFolder = given.some(({ file }) => file.webkitRelativePath !== '')
    // What was picked itself is meant, whatever its name.
    const isMeant = ({ path }: FileEntry) => !isSystemPath(path.split('/').slice(1).join('/'))
    yield* isFolder ? inOrderOfNames(given.filter(isMeant)) : given
  }
  return { entries: list(), handles: Promise.resolve([]) }
}

/**
 * What handles of an import that is to go on lead to. Permission to read is the caller's to ask for. The entries reject with what
 * the browser says where one of the folders is gone, or each of the files: of several files, some may be.
 */
export function findByHandles(handles: readonly FileSystemHandle[]): FoundFiles {
  async function* walk(): AsyncGenerator<FileEntry> {
    await requireThere(handles)
    for (const handle of handles) yield* walkHandle(handle)
  }
  return { entries: walk(), handles: Promise.resolve(handles) }
}

/** Whether files that were found before can be read still: false where three of them cannot, as on a disk that is gone. */
export async function areThere(entries: readonly FileEntry[]): Promise<boolean> {
  for (const entry of [entries[0], entries[entries.length >> 1], entries.at(-1)]) {
    const { file = null } = entry ?? {}
    try {
      const whole = file !== null && 'getFile' in file ? await file.getFile() : file
      await whole?.slice(0, 1).arrayBuffer()
      if (whole !== null) return true
    } catch {
      // The next one may be there.
    }
  }
  return false
}

/** Asks to read them again; to be called where a person has just clicked. True where all may be read. */
export async function askToRead(handles: readonly FileSystemHandle[]): Promise<boolean> {
  for (const handle of handles) {
    const answer = await (handle as AskableHandle).requestPermission?.({ mode: 'read' })
    if (answer !== undefined && answer !== 'granted') return false
  }
  return true
}

/**
 * Files by the folder that holds them, where at least two folders do; else null. A zip's folders lie below the zip's own path.
 * A folder counts where at least one of its files may be a picture, as far as their names tell.
 * @param zips the names in each of the entries that is a zip; others are plain files
 */
export function groupByFolder(
  entries: readonly FileEntry[],
  zips: ReadonlyMap<FileEntry, readonly string[]>,
): ReadonlyMap<string, FolderGroup> | null {
  const all = new Map<string, { files: FileEntry[]; count: number; mayHoldPictures: boolean }>()
  const add = (folder: string, entry: FileEntry, names: readonly string[]) => {
    const group = all.get(folder) ?? { files: [], count: 0, mayHoldPictures: false }
    group.files.push(entry)
    group.count += names.length
    group.mayHoldPictures ||= names.some((name) => !isNoPictureByName(name))
    all.set(folder, group)
  }
  for (const entry of entries) {
    const names = zips.get(entry)
    if (names === undefined) add(folderOf(entry.path), entry, [entry.path])
    else for (const [folder, inside] of listByFolder(names)) add(below(entry, folder), { ...entry, folder }, inside)
  }
  const groups = new Map<string, FolderGroup>()
  for (const [folder, { files, count, mayHoldPictures }] of all)
    if (mayHoldPictures) groups.set(folder, { files, count })
  return [...groups.keys()].filter((folder) => folder !== '').length >= 2 ? groups : null
}

/**
 * The files of one of `groupByFolder`'s folders, found again. Those that a person picked again may lie elsewhere now: they are
 * known by the end of the folder's path, as long an end as one folder alone has; or by lying together, where no folder has it.
 */
export function filesWithin(
  entries: readonly FileEntry[],
  within: string,
  { pickedAgain }: { readonly pickedAgain: boolean },
): readonly FileEntry[] {
  if (!pickedAgain) return entries.flatMap((entry) => takeWithin(entry, within))
  const names = within.split('/')
  for (let first = 0; first < names.length; first++) {
    const found = takeBelow(entries, names.slice(first).join('/'))
    if (found.size > 0) return found.size === 1 ? ([...found.values()][0] ?? []) : []
  }
  const folders = new Set(entries.map(({ path }) => folderOf(path)))
  return folders.size === 1 && !entries.some(({ path }) => isZipName(path)) ? entries : []
}

function takeWithin(entry: FileEntry, folder: string): readonly FileEntry[] {
  const { path } = entry
  if (path === folder || folder.startsWith(`${path}/`)) return [{ ...entry, folder: folder.slice(path.length + 1) }]
  return folderOf(path) === folder && !isZipName(path) ? [entry] : []
}

/** What lies in folders whose path ends so, by that path. */
function takeBelow(entries: readonly FileEntry[], end: string): ReadonlyMap<string, readonly FileEntry[]> {
  const found = new Map<string, FileEntry[]>()
  for (const entry of entries) {
    const around = folderOf(entry.path)
    // The end may begin in any of the folders around the file, or with a zip's own name.
    const above = ['', ...around.split('/').map((_, i, names) => `${names.slice(0, i + 1).join('/')}/`)]
    for (const start of new Set(above)) {
      const folder = `${start}${end}`
      const taken = takeWithin(entry, folder)
      if (taken.length > 0) found.set(folder, [...(found.get(folder) ?? []), ...taken])
    }
  }
  return found
}

function isZipName(path: string): boolean {
  return /\.zip$/i.test(path)
}

function below({ path }: FileEntry, folder: string): string {
  return folder === '' ? path : `${path}/${folder}`
}

function listByFolder(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>()
  for (const name of names) {
    if (isSystemPath(name)) continue
    const folder = folderOf(name)
    const list = lists.get(folder)
    if (list === undefined) lists.set(folder, [name])
    else list.push(name)
  }
  return lists
}

async function requireThere(handles: readonly FileSystemHandle[]): Promise<void> {
  const gone: { readonly kind: FileSystemHandleKind; readonly why: unknown }[] = []
  for (const handle of handles) await touch(handle).catch((why: unknown) => gone.push({ kind: handle.kind, why }))
  const first = gone.find(({ kind }) => kind === 'directory') ?? gone[0]
  if (first !== undefined && (first.kind === 'directory' || gone.length === handles.length)) throw first.why
}

/** Rejects where it is not there any more. */
async function touch(handle: FileSystemHandle): Promise<void> {
  if (handle.kind === 'file') await (handle as FileSystemFileHandle).getFile()
  else for await (const _ of (handle as FileSystemDirectoryHandle).values()) return
}

async function* walkHandle(handle: FileSystemHandle, folder = '', depth = 0): AsyncGenerator<FileEntry> {
  const path = folder === '' ? handle.name : `${folder}/${handle.name}`
  if (handle.kind === 'file') yield { path, file: handle as FileSystemFileHandle }
  else if (depth < DEEPEST) {
    const { inside, isWhole } = await listFolder(handle as FileSystemDirectoryHandle)
    for (const one of inside) yield* walkHandle(one, path, depth + 1)
    if (!isWhole) yield { path, file: null }
  }
}

/** In the order of names, so that the same folder gives the same database. */
async function listFolder(folder: FileSystemDirectoryHandle): Promise<Listed<FileSystemHandle>> {
  const inside: FileSystemHandle[] = []
  let isWhole = true
  try {
    for await (const handle of folder.values()) inside.push(handle)
  } catch {
    // What was listed before the folder vanished is there or not; the import will find out.
    isWhole = false
  }
  return { inside: inside.filter(isMeant).sort(byName), isWhole }
}

async function* walkEntry(entry: FileSystemEntry, depth = 0): AsyncGenerator<FileEntry> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    yield { path, file: await fileOf(entry as FileSystemFileEntry) }
  } else if (depth < DEEPEST) {
    const { inside, isWhole } = await listEntries(entry as FileSystemDirectoryEntry)
    for (const one of inside) yield* walkEntry(one, depth + 1)
    if (!isWhole) yield { path, file: null }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)))
}

/** A reader hands its entries out in pieces, and an empty one at the end. */
async function listEntries(folder: FileSystemDirectoryEntry): Promise<Listed<FileSystemEntry>> {
  const reader = folder.createReader()
  const inside: FileSystemEntry[] = []
  for (;;) {
    const piece = await new Promise<FileSystemEntry[] | null>((resolve) =>
      reader.readEntries(resolve, () => resolve(null)),
    )
    if (piece === null || piece.length === 0) {
      return { inside: inside.filter(isMeant).sort(byName), isWhole: piece !== null }
    }
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

function isMeant({ name }: { readonly name: string }): boolean {
  return !isSystemName(name)
}

/** Numbers in names count as numbers: 2 before 10. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return ORDER.compare(a.name, b.name)
}

const ORDER = new Intl.Collator('en', { numeric: true })
