// The web manifest against what is there: its pictures have the sizes that it states, and the app takes what it offers to take.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IMAGE_TYPES, parseImageHeader } from '../../src/core/formats/image-header.ts'
import { askedPart } from '../../src/platform/launches.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Picture {
  readonly src: string
  readonly sizes: string
  readonly type: string
  readonly purpose?: string
  readonly form_factor?: string
}

interface WebManifest {
  readonly start_url: string
  readonly scope: string
  readonly icons: readonly Picture[]
  readonly screenshots: readonly Picture[]
  readonly shortcuts: readonly { readonly url: string; readonly icons: readonly Picture[] }[]
  readonly file_handlers: readonly { readonly action: string; readonly launch_type: string }[]
  readonly share_target: {
    readonly action: string
    readonly params: { readonly files: readonly { readonly name: string; readonly accept: readonly string[] }[] }
  }
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'public/manifest.webmanifest'), 'utf8')) as WebManifest
const inSource = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const pictures = [...manifest.icons, ...manifest.screenshots, ...manifest.shortcuts.flatMap(({ icons }) => icons)]

describe('the web manifest', () => {
  it.each(pictures)('has $src as it says', ({ src, sizes, type }) => {
    const path = join(ROOT, 'public', src)
    expect(existsSync(path)).toBe(true)
    if (type === 'image/svg+xml') {
      expect(sizes).toBe('any')
      expect(inSource(join('public', src))).toMatch(/^<svg[^>]* viewBox="0 0 (\d+) \1"/)
      return
    }
    const header = parseImageHeader(readFileSync(path))
    expect([header.type, `${header.width}x${header.height}`]).toEqual([type, sizes])
  })

  it('has what browsers ask of an app that can be installed', () => {
    const icons = manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)
    expect(icons).toEqual(expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']))
    expect(manifest.screenshots.map((picture) => picture.form_factor)).toEqual(['wide', 'narrow'])
    expect(inSource('index.html')).toContain('rel="manifest"')
  })

  it('leads by its shortcuts to parts of the page, within its scope', () => {
    const folder = new URL('https://kindred.test/app/')
    const scope = new URL(manifest.scope, folder).href
    const parts = manifest.shortcuts.map(({ url }) => askedPart(new URL(url, folder).search))
    expect(parts).toEqual(['prompt', 'gallery'])
    for (const url of [manifest.start_url, ...manifest.shortcuts.map((shortcut) => shortcut.url)]) {
      expect(new URL(url, folder).href.startsWith(scope)).toBe(true)
    }
  })

  it('has the files that are opened with it handed to the page itself, one window for all', () => {
    // Which files those are is tried in tests/state/empty-inbox.test.ts.
    for (const { action } of manifest.file_handlers) expect(action).toBe(manifest.start_url)
    expect(manifest.file_handlers.map(({ launch_type }) => launch_type)).toEqual(['single-client'])
  })

  it('takes every type of picture that can be shared, and no other, where the service worker waits for them', () => {
    const { action, params } = manifest.share_target
    expect(params.files.map(({ name }) => name)).toEqual(['files'])
    expect(params.files[0]?.accept).toEqual([...IMAGE_TYPES])
    const worker = inSource('workers/service-worker.ts')
    expect(worker).toContain(`path === '${action.replace('./', '')}'`)
    expect(worker).toContain(`getAll('files')`)
  })
})
