// The server behind `npm start`, asked over loopback.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRange, type StaticServer, serveFolder } from '../../tools/static-server.ts'

let folder: string
let server: StaticServer

beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), 'kindred-server-'))
  folder = join(parent, 'dist')
  mkdirSync(folder)
  writeFileSync(join(parent, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<p>page</p>')
  writeFileSync(join(folder, 'weights.bin'), '0123456789')
  server = await serveFolder(folder, 0)
})

afterAll(async () => {
  await server.close()
  rmSync(join(folder, '..'), { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks with the path as it is: fetch would tidy `..` away. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server
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

const ADDRESSES = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
const HAS_IPV6 = ADDRESSES.some(({ address }) => address === '::1')

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

describe('where it listens', () => {
  it('is every loopback address, and no other one', async () => {
    expect(await answers('127.0.0.1', server.port)).toBe(true)
    expect(await answers('::1', server.port)).toBe(HAS_IPV6)
    for (const { address, internal, scopeid } of ADDRESSES.map((one) => ({ scopeid: 0, ...one }))) {
      if (!internal && !scopeid) expect(await answers(address, server.port), address).toBe(false)
    }
  })

  it('is free again once it is closed', async () => {
    const other = await serveFolder(folder, 0)
    await other.close()
    expect(await answers('127.0.0.1', other.port)).toBe(false)
    expect(await answers('::1', other.port)).toBe(false)
  })

  it.runIf(HAS_IPV6)('is no port that another program has by IPv6 alone: it could be asked in our place', async () => {
    const other: Server = createServer()
    await new Promise<void>((resolve) => other.listen(0, '::1', resolve))
    const { port } = other.address() as AddressInfo
    await expect(serveFolder(folder, port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(await answers('127.0.0.1', port)).toBe(false)
    await new Promise((resolve) => other.close(resolve))
  })
})

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
