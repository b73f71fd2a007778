// What the service worker keeps: whole or not at all, and nobody else's caches touched.

import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/platform/sha256.ts'
import {
  assetsFor,
  type CachesLike,
  keepShell,
  type ShellAsset,
  shellCacheName,
  sweepShells,
  UnfitAsset,
} from '../../src/platform/shell-cache.ts'

const SCOPE = 'https://example.test/app/'

/** Cache Storage in memory. */
function memoryCaches(): CachesLike & { readonly all: Map<string, Map<string, Response>> } {
  const all = new Map<string, Map<string, Response>>()
  return {
    all,
    async open(name) {
      const entries = all.get(name) ?? new Map<string, Response>()
      all.set(name, entries)
      return {
        match: async (url) => entries.get(String(url))?.clone(),
        put: async (url, response) => void entries.set(String(url), response),
      }
    },
    keys: async () => [...all.keys()],
    delete: async (name) => all.delete(name),
  }
}

/** A server with these files, which notes what it was asked. */
function server(files: Readonly<Record<string, string>>) {
  const asked: string[] = []
  return {
    asked,
    async fetch(url: string, { cache }: RequestInit): Promise<Response> {
      const path = url.slice(SCOPE.length)
      asked.push(`${path} ${cache}`)
      const text = files[path]
      return text === undefined ? new Response('no', { status: 404 }) : new Response(text)
    },
  }
}

async function assetsOf(files: Readonly<Record<string, string>>): Promise<ShellAsset[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => ({
      path,
      type: 'text/plain',
      sha256: [await sha256(new TextEncoder().encode(text))],
    })),
  )
}

const headers = (path: string) => ({ 'X-For': path })

async function keep(
  caches: CachesLike,
  build: string,
  assets: readonly ShellAsset[],
  { fetch }: Pick<ReturnType<typeof server>, 'fetch'>,
): Promise<void> {
  await keepShell({ assets, scope: SCOPE, build, caches, fetch, headers })
}

describe('keeping a build', () => {
  const files = { 'index.html': 'page', 'assets/a.js': 'a', 'packs/w.bin': 'weights', 'assets/b.js': 'b', 'e.png': 'e' }

  it('puts every asset into the cache of the build, with its type and headers', async () => {
    const caches = memoryCaches()
    await keep(caches, 'b1', await assetsOf(files), server(files))
    const kept = caches.all.get('kindred-shell /app/ b1')
    expect([...(kept?.keys() ?? [])].sort()).toEqual(
      Object.keys(files)
        .map((path) => SCOPE + path)
        .sort(),
    )
    const page = kept?.get(`${SCOPE}index.html`)
    expect(page?.headers.get('Content-Type')).toBe('text/plain')
    expect(page?.headers.get('X-For')).toBe('index.html')
    expect(await page?.text()).toBe('page')
  })

  it.each(Object.keys(files))('rejects with UnfitAsset where %s is missing', async (path) => {
    const { [path as keyof typeof files]: _, ...left } = files
    const kept = keep(memoryCaches(), 'b1', await assetsOf(files), server(left))
    await expect(kept).rejects.toThrow(UnfitAsset)
    await expect(kept).rejects.toThrow(`${path}: the server answered 404`)
  })

  it('rejects an asset that is altered, after asking past the browser’s cache too, and does not keep it', async () => {
    const caches = memoryCaches()
    const altered = server({ ...files, 'assets/a.js': 'A' })
    await expect(keep(caches, 'b1', await assetsOf(files), altered)).rejects.toThrow(/assets\/a\.js: its SHA-256 is/)
    expect(altered.asked.filter((line) => line.startsWith('assets/a.js'))).toEqual([
      'assets/a.js default',
      'assets/a.js reload',
    ])
    expect(caches.all.get(shellCacheName(SCOPE, 'b1'))?.has(`${SCOPE}assets/a.js`)).toBe(false)
  })

  it('takes what only the browser’s cache had altered from the server', async () => {
    const { fetch } = server(files)
    const stale = (url: string, init: RequestInit) =>
      init.cache === 'default' && url.endsWith('a.js') ? Promise.resolve(new Response('old')) : fetch(url, init)
    const caches = memoryCaches()
    await keep(caches, 'b1', await assetsOf(files), { fetch: stale })
    expect(await caches.all.get(shellCacheName(SCOPE, 'b1'))?.get(`${SCOPE}assets/a.js`)?.text()).toBe('a')
  })

  it('fetches nothing that an earlier try kept, and copies what another build has unchanged', async () => {
    const caches = memoryCaches()
    await keep(caches, 'b1', await assetsOf(files), server(files))
    const next = { ...files, 'index.html': 'page 2', 'packs/w.bin': 'weights' }
    const host = server(next)
    await keep(caches, 'b2', await assetsOf(next), host)
    expect(host.asked).toEqual(['index.html default'])
    await keep(caches, 'b2', await assetsOf(next), host)
    expect(host.asked).toHaveLength(1)
  })

  it('never copies another build’s asset of the same name that differs', async () => {
    const caches = memoryCaches()
    await keep(caches, 'b1', await assetsOf({ 'index.html': 'old' }), server({ 'index.html': 'old' }))
    await expect(keep(caches, 'b2', await assetsOf({ 'index.html': 'new' }), server({}))).rejects.toThrow(UnfitAsset)
  })

  it('accepts a .gz file that the host unpacked on the way', async () => {
    const [packed, unpacked] = await assetsOf({ packed: 'packed', unpacked: 'unpacked' })
    const asset = { path: 'r.gz', type: 'x', sha256: [...(packed?.sha256 ?? []), ...(unpacked?.sha256 ?? [])] }
    await keep(memoryCaches(), 'b1', [asset], server({ 'r.gz': 'unpacked' }))
  })

  it('names what failed where there is no network', async () => {
    const offline = { fetch: () => Promise.reject(new TypeError('Failed to fetch')) }
    await expect(keep(memoryCaches(), 'b1', await assetsOf({ 'e.png': 'e' }), offline)).rejects.toThrow(
      'e.png: TypeError: Failed to fetch',
    )
  })
})

it('takes the runtime that this browser selects and not the other', () => {
  const assets: ShellAsset[] = [
    { path: 'a', type: '', sha256: [] },
    { path: 'b', type: '', sha256: [], when: 'jspi' },
    { path: 'c', type: '', sha256: [], when: 'asyncify' },
  ]
  expect(assetsFor(assets, 'jspi').map(({ path }) => path)).toEqual(['a', 'b'])
  expect(assetsFor(assets, 'asyncify').map(({ path }) => path)).toEqual(['a', 'c'])
})

it('sweeps the builds that are not to be kept, and neither other caches nor another app’s of the same origin', async () => {
  const caches = memoryCaches()
  const others = ['kindred-shell /elsewhere/ b1', 'transformers-cache', 'kindred-shell /app/x/ b1']
  for (const name of [...others, ...['b1', 'b2', 'b3'].map((build) => shellCacheName(SCOPE, build))])
    await caches.open(name)
  await sweepShells(caches, SCOPE, new Set(['b2', 'b3']))
  expect((await caches.keys()).toSorted()).toEqual(
    [...others, shellCacheName(SCOPE, 'b2'), shellCacheName(SCOPE, 'b3')].toSorted(),
  )
})
