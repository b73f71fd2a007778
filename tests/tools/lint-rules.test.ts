// The lint finds each way out by its plain spelling, and lets nothing pass for being called a library.

import { describe, expect, it } from 'vitest'
import { lintBuilt, lintSealed, lintSource } from '../../tools/lint-rules.ts'

describe('the source', () => {
  it.each([
    'new RTCPeerConnection()',
    'window.open(url)',
    "open('https://elsewhere.test')",
    'new WebSocket(url)',
    'new EventSource(url)',
    'navigator.sendBeacon(url)',
    'new XMLHttpRequest()',
    'eval (text)',
    'new Function(text)',
    'setTimeout("text")',
    'element.innerHTML = text',
    '<p dangerouslySetInnerHTML={{ __html: text }} />',
    'element.insertAdjacentHTML("beforeend", text)',
    'document.write(text)',
    '<link rel="preconnect" href="https://elsewhere.test">',
  ])('may not hold %s', (line) => {
    const [finding, ...others] = lintSource('src/a.ts', `const a = 1\n${line}\n`)
    expect(finding?.line).toBe(2)
    expect(others).toEqual([])
  })

  it('may hold words that only look like them', () => {
    expect(lintSource('src/a.ts', 'retrieval(x); medieval (y); dialog.open(); reopen("a"); setTimeout(run)')).toEqual(
      [],
    )
  })
})

describe('what parses the files of a model', () => {
  const inPack = (names: string) => `import {\n  ${names},\n} from '../core/pack/manifest.ts'\n`

  it.each([
    inPack('type PackManifest, parsePackManifest'),
    "export { parsePackManifest } from '../core/pack/manifest.ts'",
    "import * as manifest from '../core/pack/manifest.ts'",
    "const { parsePackManifest } = await import('../core/pack/manifest.ts')",
    "import { parseCovers } from '../core/pack/covers.ts'",
    "import { checkGraph } from '../core/onnx/check-graph.ts'",
    "import { checkClipFile } from '../core/pack/clip-files.ts'",
    "import { readSafetensorsHeader } from '../core/formats/safetensors.ts'",
    "import { openStyleDatabase, type StyleDatabase } from '../core/retrieval/style-database.ts'",
    "import { directParser } from '../core/pack/direct-parser.ts'",
    "import { directStylesParser } from '../core/pack/direct-styles-parser.ts'",
  ])('may not be imported where installed ones are read: %s', (line) => {
    const [finding, ...others] = lintSource('src/platform/a.ts', `const a = 1\n${line}\n`)
    expect(finding?.line).toBe(2)
    expect(others).toEqual([])
  })

  it('may be imported by the parse worker, and by what opens the app’s own, and its types and writers by all', () => {
    const direct = "import { directParser } from '../src/core/pack/direct-parser.ts'"
    for (const path of ['workers/pack-parse-jobs.ts', 'workers/generate.worker.ts']) {
      expect(lintSource(path, direct)).toEqual([])
    }
    expect(lintSource('workers/install.worker.ts', direct)).toHaveLength(1)
    const harmless = [
      inPack('MOST_MANIFEST_BYTES, type PackManifest'),
      "import type { StyleDatabase } from '../core/retrieval/style-database.ts'",
      "import { readPictures } from '../core/retrieval/style-database.ts'",
      "import { parseCovers } from 'elsewhere'",
    ]
    expect(lintSource('src/platform/a.ts', harmless.join('\n'))).toEqual([])
  })

  it('is in no built script that has none of the app’s own to open', () => {
    const manifest = 'throw new E("the number of chunk hashes does not fit the length")'
    const graph = 'throw new E("has a graph of its own")'
    for (const name of ['parse.worker', 'generate.worker', 'library.worker']) {
      expect(lintBuilt(`assets/${name}-Ab.js`, manifest + graph)).toEqual([])
    }
    expect(lintBuilt('assets/index-Ab.js', manifest)).toEqual([])
    expect(lintBuilt('assets/index-Ab.js', graph)).toHaveLength(1)
    expect(lintBuilt('assets/install.worker-Ab.js', manifest + graph)).toHaveLength(2)
  })
})

describe('the build', () => {
  const glue = 'assets/ort-wasm-simd-threaded.jspi-BoEwGRw5.mjs'

  it('may hold what was looked at, and no more of it, and not elsewhere', () => {
    expect(lintBuilt(glue, 'c=new Function(a)')).toEqual([])
    expect(lintBuilt(glue, 'c=new Function(a);d=new Function(b)')).toHaveLength(2)
    expect(lintBuilt('assets/generate.worker-Ab.js', 'c=new Function(a)')).toHaveLength(1)
    expect(lintBuilt(glue, 'new WebSocket(a)')).toHaveLength(1)
    const seal = 'assets/parse.worker-Ab.js'
    expect(lintBuilt(seal, 'const gone=["WebSocket","WebSocketStream","XMLHttpRequest"]')).toEqual([])
    expect(lintBuilt(seal, 'const gone=["WebSocket"];new WebSocket(a)')).toHaveLength(2)
  })

  it('may hold the parsers of pictures, of embeddings and of backups in the parse worker alone', () => {
    const words = ['a JPEG without a frame', 'is no Parquet file', 'are too many for a backup']
    const parsers = words.map((text) => `throw new E("${text}")`).join(';')
    expect(lintBuilt('assets/parse.worker-Ab.js', parsers)).toEqual([])
    for (const name of ['library.worker', 'backup.worker', 'index']) {
      expect(lintBuilt(`assets/${name}-Ab.js`, parsers)).toHaveLength(words.length)
    }
  })

  it('must have in the parse worker each word that it may have nowhere else', () => {
    const words = [
      'a JPEG without a frame',
      'is no Parquet file',
      'are too many for a backup',
      'has a graph of its own',
    ]
    const parsers = `${words.join()},the number of chunk hashes does not fit the length`
    expect(lintSealed('assets/parse.worker-Ab.js', parsers)).toEqual([])
    const renamed = parsers.replace('Parquet', 'parquet')
    expect(lintSealed('assets/parse.worker-Ab.js', renamed)).toMatchObject([{ text: 'is no Parquet file' }])
    expect(lintSealed('assets/index-Ab.js', '')).toEqual([])
  })

  it('may name the hosts on the list and no others', () => {
    expect(lintBuilt('assets/index-Ab.js', '"http://www.w3.org/2000/svg" `https://react.dev/errors/`')).toEqual([])
    const urls = ['https://elsewhere.test/x', 'wss://elsewhere.test', 'https://react.dev.elsewhere.test/']
    for (const url of urls) expect(lintBuilt('assets/index-Ab.js', `"${url}"`), url).toHaveLength(1)
  })
})
