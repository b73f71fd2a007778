// Finds embeddings without pictures among dropped files, and brings their rows from the parse worker to the library's.

import { mayHoldEmbeddings } from '../core/library/import-embeddings.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { FileEntry, LibraryJobs } from '../protocol/library-jobs.ts'
import type { NamedFile, ParseJobs } from '../protocol/parse-jobs.ts'

export interface FoundCollection {
  /** Display text. */
  readonly name: string
  readonly rows: number
  /** What it was found in, and its place there. */
  readonly files: readonly NamedFile[]
  readonly dim: number
  readonly index: number
}

export interface SortedFiles {
  /** What is left to be looked at as pictures. */
  readonly rest: readonly FileEntry[]
  readonly collections: readonly FoundCollection[]
  /** Embeddings that cannot be used, and why, in the parser's words. */
  readonly refused: readonly { readonly name: string; readonly detail: string }[]
}

export interface EmbeddingImporter {
  /** A zip that holds embeddings is taken for nothing else. @param dim of the open CLIP's rows; 0 where none is open */
  sort(entries: readonly FileEntry[], dim: number): Promise<SortedFiles>
  /** Makes a database of a collection. Rejects with JobError, and then there is none. */
  run(
    collection: FoundCollection,
    signal: AbortSignal,
    onRows: (done: number) => void,
  ): Promise<{ readonly databaseId: string; readonly rows: number; readonly withoutDirection: number }>
}

export function createEmbeddingImporter(
  createParser: () => JobClient<ParseJobs>,
  library: JobClient<LibraryJobs>,
): EmbeddingImporter {
  let lastId = 0

  /** What strangers' files may have done to a parser ends with it. */
  async function withParser<T>(task: (parser: JobClient<ParseJobs>) => Promise<T>): Promise<T> {
    const parser = createParser()
    try {
      return await task(parser)
    } finally {
      parser.close()
    }
  }

  return {
    async sort(entries, dim) {
      const candidates = entries.filter(({ path }) => mayHoldEmbeddings(path))
      if (candidates.length === 0 || dim === 0) return { rest: entries, collections: [], refused: [] }
      return withParser(async (parser) => {
        const collections: FoundCollection[] = []
        const refused: { name: string; detail: string }[] = []
        const taken = new Set<FileEntry>()
        for (const group of groupCandidates(candidates)) {
          const files = await openAll(group)
          const output = await parser.run('find-embeddings', { files, dim })
          const isZip = group.length === 1 && isZipName(group[0]?.path ?? '')
          // What a zip is refused for without holding embeddings, the import of pictures will find as well.
          if (output.found.length === 0 && (isZip || output.refused.length === 0)) continue
          for (const entry of group) taken.add(entry)
          output.found.forEach(({ name, rows }, index) => void collections.push({ name, rows, files, dim, index }))
          refused.push(...output.refused)
        }
        return { rest: entries.filter((entry) => !taken.has(entry)), collections, refused }
      })
    },

    run({ name, rows: total, files, dim, index }, signal, onRows) {
      return withParser(async (parser) => {
        const importId = `rows-${++lastId}`
        const stop = new AbortController()
        const onAbort = () => stop.abort()
        signal.addEventListener('abort', onAbort)
        let failure: unknown = null

        async function bring() {
          await parser.run('open-embeddings', { files, dim, index })
          for (let done = 0; ; ) {
            const next = await parser.run('next-embeddings', null)
            if (next.done) {
              await library.run('library-add-rows', { importId, rows: null })
              return next
            }
            const { items, embeddings } = next
            const rows = { items, embeddings }
            await library.run('library-add-rows', { importId, rows }, { transfer: [embeddings.buffer] })
            done += items.length
            onRows(Math.min(done, total))
          }
        }

        const keeping = library.run('library-import-rows', { importId, name }, { signal: stop.signal })
        const bringing = bring().catch((error: unknown) => {
          failure = error
          stop.abort()
          return null
        })
        try {
          const { databaseId } = await keeping
          const { rows = 0, withoutDirection = 0 } = (await bringing) ?? {}
          return { databaseId, rows, withoutDirection }
        } catch (error) {
          const isOurs = error instanceof JobError && error.code === 'cancelled' && !signal.aborted
          throw isOurs && failure !== null ? failure : error
        } finally {
          signal.removeEventListener('abort', onAbort)
        }
      })
    },
  }
}

/** Each zip by itself, and all loose files together: parts of one database may lie in several. */
function groupCandidates(candidates: readonly FileEntry[]): readonly (readonly FileEntry[])[] {
  const loose = candidates.filter(({ path }) => !isZipName(path))
  const zips = candidates.filter(({ path }) => isZipName(path)).map((entry) => [entry])
  return loose.length > 0 ? [loose, ...zips] : zips
}

/** Files that have gone meanwhile are left out. */
async function openAll(entries: readonly FileEntry[]): Promise<readonly NamedFile[]> {
  const files: NamedFile[] = []
  for (const { path, file } of entries) {
    const blob = file !== null && 'getFile' in file ? await file.getFile().catch(() => null) : file
    if (blob !== null) files.push({ path, file: blob })
  }
  return files
}

function isZipName(path: string): boolean {
  return /\.zip$/i.test(path)
}
