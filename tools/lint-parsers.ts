// Who may import what parses the files of a model: what a person installed is a stranger's, and is parsed in the parse worker alone.

export interface ParserImport {
  /** Where in the text it begins. */
  readonly index: number
  readonly text: string
}

interface Parser {
  readonly module: string
  /** Those of its exports that parse; absent where all of it does. */
  readonly exports?: RegExp
  /** Files in src/ and workers/. */
  readonly by: readonly string[]
}

const DIRECT = 'src/core/pack/direct-parser.ts'
const DIRECT_STYLES = 'src/core/pack/direct-styles-parser.ts'
/** Converts checkpoints, for the command lines. */
const CONVERTER = 'src/core/pack/built-in-databases.ts'

const PARSERS: readonly Parser[] = [
  // The app's own pack is parsed where it is used.
  {
    module: 'direct-parser.ts',
    by: ['workers/generate.worker.ts', 'workers/library.worker.ts', 'workers/pack-parse-jobs.ts'],
  },
  { module: 'direct-styles-parser.ts', by: ['src/main.tsx', DIRECT] },
  { module: 'manifest.ts', exports: /\bparsePackManifest\b/, by: [DIRECT_STYLES] },
  { module: 'covers.ts', exports: /\bparseCovers\b/, by: [DIRECT_STYLES] },
  { module: 'check-graph.ts', by: [DIRECT] },
  { module: 'clip-files.ts', by: [DIRECT] },
  { module: 'safetensors.ts', exports: /\b(readSafetensorsHeader|openSafetensors)\b/, by: [DIRECT] },
  {
    module: 'style-database.ts',
    exports: /\b(openStyleDatabase|readStyleDatabase)\b/,
    // The library's own ways to read a file are those of tools and tests: the app hands it what the parse worker read.
    by: [DIRECT, CONVERTER, 'workers/parse-jobs.ts', 'src/core/library/exchange.ts', 'src/core/library/backup.ts'],
  },
]

/** What is imported, where it is not types alone, and from which module of the app's own. */
const IMPORTS =
  /\b(?:import|export)\s+(?!type\b)([^'";]*?)\s*\bfrom\s+'\.[^']*\/([\w-]+\.tsx?)'|\bimport\s*\(\s*'\.[^']*\/([\w-]+\.tsx?)'/g

/** Imports that a file may not have. @param path from the repository's root, with slashes */
export function findParserImports(path: string, text: string): readonly ParserImport[] {
  return [...text.matchAll(IMPORTS)].flatMap((match) => {
    const [whole, names = '*', from, fromLazily] = match
    const parser = PARSERS.find(({ module }) => module === (from ?? fromLazily))
    if (parser === undefined || parser.by.includes(path)) return []
    const isParser = parser.exports === undefined || names.includes('*') || parser.exports.test(names)
    return isParser ? [{ index: match.index, text: whole }] : []
  })
}
