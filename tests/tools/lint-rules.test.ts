// The lint finds each way out by its plain spelling, and lets nothing pass for being called a library.

import { describe, expect, it } from 'vitest'
import { lintBuilt, lintSource } from '../../tools/lint-rules.ts'

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

  it('may name the hosts on the list and no others', () => {
    expect(lintBuilt('assets/index-Ab.js', '"http://www.w3.org/2000/svg" `https://react.dev/errors/`')).toEqual([])
    const urls = ['https://elsewhere.test/x', 'wss://elsewhere.test', 'https://react.dev.elsewhere.test/']
    for (const url of urls) expect(lintBuilt('assets/index-Ab.js', `"${url}"`), url).toHaveLength(1)
  })
})
