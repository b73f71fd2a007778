// Every file of a build is kept by the service worker or left out for a reason; nothing is forgotten.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { writeHeadersFile } from '../../tools/headers.ts'
import { describeShell, listFiles, sha256Of, sortAssets, UnsortedAsset } from '../../tools/shell-assets.ts'

const kept = (path: string) => sortAssets([path])[0]

it('keeps page, scripts, workers, fonts, pack and exhibit', () => {
  const paths = [
    'index.html',
    'manifest.webmanifest',
    'exhibit.png',
    'icons/icon.svg',
    'assets/index-Ab.js',
    'assets/install.worker-Ab.js',
    'assets/fraunces-Ab.woff2',
    'packs/kindred-mini/clip/onnx/vision_model.onnx',
  ]
  expect(sortAssets(paths).map(({ path }) => path)).toEqual(paths)
})

it('tells the two builds of the runtime apart, glue, library and wasm alike', () => {
  expect(kept('assets/ort-wasm-simd-threaded.jspi-CP6SXO_B.wasm')?.when).toBe('jspi')
  expect(kept('assets/ort-wasm-simd-threaded.jspi-BoEwGRw5.mjs')?.when).toBe('jspi')
  expect(kept('assets/ort.jspi.min-CVbb1pwn.js')?.when).toBe('jspi')
  expect(kept('assets/ort-wasm-simd-threaded.asyncify.wasm-s1fJ9OB0.gz')?.when).toBe('asyncify')
  expect(kept('assets/ort-wasm-simd-threaded.asyncify-DXIbolS2.mjs')?.when).toBe('asyncify')
  expect(kept('assets/ort.webgpu.min-ClH_xEx1.js')?.when).toBe('asyncify')
  expect(kept('assets/index-CVbb1pwn.js')?.when).toBeUndefined()
})

it('leaves out what no page needs', () => {
  expect(sortAssets(['service-worker.js', '_headers', 'install/screenshot-wide.webp'])).toEqual([])
})

it('fails for a file that nobody has decided on', () => {
  for (const path of ['extra.wasm', 'assets/model.onnx', 'packs/other/pack.json', 'packs/kindred-mini/new.bin']) {
    expect(() => sortAssets(['index.html', path]), path).toThrow(UnsortedAsset)
  }
})

it('describes a build with the digest of every file, and both of a gzipped one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-shell-'))
  mkdirSync(join(folder, 'assets'))
  const packed = gzipSync('wasm')
  writeFileSync(join(folder, 'index.html'), 'page')
  writeFileSync(join(folder, 'assets/r.asyncify.wasm-x.gz'), packed)
  writeFileSync(join(folder, 'service-worker.js'), 'old')
  expect(listFiles(folder)).toEqual(['assets/r.asyncify.wasm-x.gz', 'index.html', 'service-worker.js'])
  expect(describeShell(folder)).toEqual([
    {
      path: 'assets/r.asyncify.wasm-x.gz',
      when: 'asyncify',
      type: 'application/octet-stream',
      sha256: [sha256Of(packed), sha256Of('wasm')],
    },
    { path: 'index.html', type: 'text/html; charset=utf-8', sha256: [sha256Of('page')] },
  ])
  rmSync(folder, { recursive: true })
})

it('writes one rule for all files, and one for each worker with a policy of its own', () => {
  const text = writeHeadersFile(['assets/index-a.js', 'assets/install.worker-b.js'])
  expect(text.match(/^\/.*$/gm)).toEqual(['/*', '/assets/install.worker-b.js'])
  expect(text).toContain('  Cross-Origin-Embedder-Policy: require-corp')
  expect(text).toMatch(/install\.worker-b\.js\n {2}! Content-Security-Policy\n {2}Content-Security-Policy: .*https:/)
})
