// The server behind `npm start`, asked over loopback.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRange, serveFolder } from '../../tools/static-server.ts'

let folder: string
let server: Server

beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), 'kindred-server-'))
  folder = join(parent, 'dist')
  mkdirSync(folder)
  writeFileSync(join(parent, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<p>page</p>')
  writeFileSync(join(folder, 'weights.bin'), '0123456789')
  server = await serveFolder(folder, 0)
})

afterAll(() => {
  server.close()
  rmSync(join(folder, '..'), { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks with the path as it is: fetch would tidy `..` away. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    get({ host: 'localhost', port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    }).on('error', reject)
  })
}

describe('the static server', () => {
  it('serves the page cross-origin isolated', async () => {
    const { status, headers, body } = await ask('/')
    expect(status).toBe(200)
    expect(body).toBe('<p>page</p>')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp')
  })

  it('gives nothing from outside its folder', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%00', '/%']) {
      const { status, body } = await ask(path)
      expect(status, path).toBe(404)
      expect(body).not.toContain('secret')
    }
  })

  it('answers a range with that part alone, and one past the end with 416', async () => {
    const part = await ask('/weights.bin', { Range: 'bytes=2-4' })
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10'])
    expect((await ask('/weights.bin', { Range: 'bytes=10-' })).status).toBe(416)
  })

  it('answers 304 where the file is the one that the browser has', async () => {
    const { headers } = await ask('/weights.bin')
    expect((await ask('/weights.bin', { 'If-None-Match': headers.etag ?? '' })).status).toBe(304)
  })
})

describe('parseRange', () => {
  it('reads first-last, first- and -length', () => {
    expect(parseRange('bytes=0-0', 10)).toEqual({ start: 0, end: 0 })
    expect(parseRange('bytes=4-', 10)).toEqual({ start: 4, end: 9 })
    expect(parseRange('bytes=-3', 10)).toEqual({ start: 7, end: 9 })
    expect(parseRange('bytes=-30', 10)).toEqual({ start: 0, end: 9 })
  })

  it('ignores what it does not understand', () => {
    for (const header of [undefined, '', 'bytes=-', 'bytes=1-2,4-5', 'lines=1-2']) {
      expect(parseRange(header, 10)).toBeNull()
    }
  })
})
