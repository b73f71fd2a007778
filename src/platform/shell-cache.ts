// What the service worker keeps of the app: one cache a build, every asset in it checked by its SHA-256 before it counts.

import { sha256 } from './sha256.ts'

/** A file of the app that it needs without a network. */
export interface ShellAsset {
  /** Below the app's folder. */
  readonly path: string
  /** Media type. */
  readonly type: string
  /** Hex digests that it may have: a .gz file also has that of what it unpacks to, as some hosts unpack it on the way. */
  readonly sha256: readonly string[]
  /** Only where the browser selects this build of the runtime. */
  readonly when?: RuntimeBuild
}

/** ONNX Runtime's builds: 'jspi' where WebAssembly can suspend, else 'asyncify'. */
export type RuntimeBuild = 'jspi' | 'asyncify'

type CacheLike = Pick<Cache, 'match' | 'put'>

export interface CachesLike {
  open(name: string): Promise<CacheLike>
  keys(): Promise<readonly string[]>
  delete(name: string): Promise<boolean>
}

/** An asset that is missing, or is not what was built. */
export class UnfitAsset extends Error {
  override readonly name = 'UnfitAsset'

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`)
  }
}

const MARK = 'kindred-shell'
const AT_ONCE = 4

/** @param scope the app's folder as an absolute URL: apps of one origin share its caches */
export function shellCacheName(scope: string, build: string): string {
  return `${MARK} ${new URL(scope).pathname} ${build}`
}

export function assetsFor(assets: readonly ShellAsset[], runtime: RuntimeBuild): readonly ShellAsset[] {
  return assets.filter(({ when }) => when === undefined || when === runtime)
}

export interface Keeping {
  readonly assets: readonly ShellAsset[]
  readonly scope: string
  readonly build: string
  readonly caches: CachesLike
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Headers to keep with a file, by its path, beside its type. */
  readonly headers: (path: string) => Readonly<Record<string, string>>
}

/**
 * Fills the build's cache. What an earlier try put there stays; what another build has unchanged is copied; the rest is fetched.
 * Rejects with UnfitAsset at the first asset that cannot be had as it was built.
 */
export async function keepShell({ assets, scope, build, caches, fetch, headers }: Keeping): Promise<void> {
  const own = shellCacheName(scope, build)
  const cache = await caches.open(own)
  const others = await Promise.all((await shellCaches(caches, scope)).filter((name) => name !== own).map(openCache))

  function openCache(name: string): Promise<CacheLike> {
    return caches.open(name)
  }

  async function keep(asset: ShellAsset): Promise<void> {
    const url = new URL(asset.path, scope).href
    if ((await cache.match(url)) !== undefined) return
    let reason = ''
    for (const read of [...others.map((other) => () => other.match(url)), ...fetches(url)]) {
      const response = await read().catch((error: unknown) => {
        reason = String(error)
      })
      if (!response) continue
      if (!response.ok) {
        reason = `the server answered ${response.status}`
        continue
      }
      const bytes = new Uint8Array(await response.arrayBuffer())
      const digest = await sha256(bytes)
      if (asset.sha256.includes(digest)) {
        return cache.put(url, new Response(bytes, { headers: { ...headers(asset.path), 'Content-Type': asset.type } }))
      }
      reason = `its SHA-256 is ${digest}`
    }
    throw new UnfitAsset(asset.path, reason)
  }

  /** First what the browser may have fetched for the page already, then past its cache. */
  function fetches(url: string): (() => Promise<Response>)[] {
    return (['default', 'reload'] as const).map((mode) => () => fetch(url, { cache: mode, credentials: 'same-origin' }))
  }

  const left = [...assets]
  const keepNext = async () => {
    for (let asset = left.shift(); asset !== undefined; asset = left.shift()) await keep(asset)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, keepNext))
}

/** Deletes the caches of all builds but these, and nothing else of the origin's. */
export async function sweepShells(caches: CachesLike, scope: string, keep: ReadonlySet<string>): Promise<void> {
  const kept = new Set([...keep].map((build) => shellCacheName(scope, build)))
  for (const name of await shellCaches(caches, scope)) if (!kept.has(name)) await caches.delete(name)
}

async function shellCaches(caches: CachesLike, scope: string): Promise<readonly string[]> {
  const prefix = shellCacheName(scope, '')
  return (await caches.keys()).filter((name) => name.startsWith(prefix))
}
