// Sorts the files of a build: what the service worker keeps, and what it leaves out, each with its reason.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ShellAsset } from '../src/platform/shell-cache.ts'
import { contentTypeOf } from './content-types.ts'

type Rule =
  | { readonly matches: RegExp; readonly keep: true; readonly when?: 'jspi' | 'asyncify' }
  | { readonly matches: RegExp; readonly keep: false; readonly because: string }

/** The first that matches a path decides. */
const RULES: readonly Rule[] = [
  { matches: /^service-worker\.js$/, keep: false, because: 'the browser keeps it itself' },
  { matches: /^_headers$/, keep: false, because: 'the host reads it; no browser asks for it' },
  {
    matches: /^(sbom\.cdx\.json|licences\.txt|SHA256SUMS)$/,
    keep: false,
    because: 'for people who look into the build',
  },
  { matches: /^install\/screenshot-/, keep: false, because: 'only shown while installing, by the browser, online' },
  { matches: /^assets\/.*[.-]jspi[.-].*\.(js|mjs|wasm)$/, keep: true, when: 'jspi' },
  { matches: /^assets\/(.*\.asyncify[.-]|ort\.webgpu[.-]).*\.(js|mjs|wasm|gz)$/, keep: true, when: 'asyncify' },
  { matches: /^assets\/[^/]+\.(js|mjs|css|wasm|gz|woff2|svg|png|webp|json)$/, keep: true },
  { matches: /^(index\.html|manifest\.webmanifest|exhibit\.png)$/, keep: true },
  {
    matches: /^eval\/rows\.jsonl$/,
    keep: false,
    because: 'the figures behind the report, for whoever reckons with them',
  },
  { matches: /^eval\/[^/]+\.(html|css|webp)$/, keep: true },
  { matches: /^icons\/[^/]+\.(png|svg)$/, keep: true },
  { matches: /^packs\/kindred-mini\/.+\.(json|onnx|safetensors|zip)$/, keep: true },
]

/** The built file for which nobody has decided whether the app needs it without a network. */
export class UnsortedAsset extends Error {
  override readonly name = 'UnsortedAsset'
}

/** Paths below `folder`, with slashes, in code-unit order. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : 1))
}

/** Which of these the service worker keeps. Throws UnsortedAsset for a path that no rule names. */
export function sortAssets(paths: readonly string[]): readonly Pick<ShellAsset, 'path' | 'when'>[] {
  return paths.flatMap((path) => {
    const rule = RULES.find(({ matches }) => matches.test(path))
    if (rule === undefined) {
      throw new UnsortedAsset(`${path}: say in tools/shell-assets.ts whether the app needs it without a network`)
    }
    if (!rule.keep) return []
    return [rule.when === undefined ? { path } : { path, when: rule.when }]
  })
}

/** What the service worker keeps of a build in `folder`, with digests. Throws UnsortedAsset. */
export function describeShell(folder: string): readonly ShellAsset[] {
  return sortAssets(listFiles(folder)).map((asset) => {
    const bytes = readFileSync(join(folder, asset.path))
    const digests = [sha256Of(bytes)]
    if (asset.path.endsWith('.gz')) digests.push(sha256Of(gunzipSync(bytes)))
    return { ...asset, type: contentTypeOf(asset.path), sha256: digests }
  })
}

/** Hex. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
