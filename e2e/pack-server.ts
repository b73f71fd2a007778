// Serves a pack's files to other origins by ranges, and can stop in the middle.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseRange } from '../tools/static-server.ts'

export interface PackServer {
  readonly url: string
  /** How many requests came. */
  asked: number
  /** Bytes of bodies, pack.json's left out, as they were handed to the network. */
  sent: number
  /** Bodies stop after so many bytes in all, and wait. */
  holdAfter: number
  /** Where it sends on to, instead of giving files; null at first. */
  sendsTo: string | null
  /** Lets all bodies go on that wait, and holds no more. */
  release(): void
  close(): Promise<void>
}

export async function servePack(files: ReadonlyMap<string, Uint8Array>): Promise<PackServer> {
  const held: (() => void)[] = []
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname).replace('/packs/micro/', '')
    const bytes = files.get(path)
    state.asked++
    if (state.sendsTo !== null) {
      response.writeHead(302, { 'Access-Control-Allow-Origin': '*', Location: `${state.sendsTo}${path}` }).end()
      return
    }
    const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/octet-stream' }
    if (bytes === undefined) {
      response.writeHead(404, headers).end()
      return
    }
    const range = parseRange(request.headers.range, bytes.byteLength)
    const { start, end } = typeof range === 'object' && range !== null ? range : { start: 0, end: bytes.byteLength - 1 }
    const body = bytes.subarray(start, end + 1)
    response.writeHead(range === null ? 200 : 206, {
      ...headers,
      'Content-Length': body.byteLength,
      ...(range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${bytes.byteLength}` }),
    })
    if (path === 'pack.json') {
      response.end(body)
      return
    }
    const sendable = Math.max(0, Math.min(body.byteLength, state.holdAfter - state.sent))
    state.sent += sendable
    response.write(body.subarray(0, sendable))
    if (sendable === body.byteLength) response.end()
    else {
      held.push(() => {
        state.sent += body.byteLength - sendable
        response.end(body.subarray(sendable))
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const state: PackServer = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/packs/micro/`,
    asked: 0,
    sent: 0,
    holdAfter: Number.POSITIVE_INFINITY,
    sendsTo: null,
    release() {
      state.holdAfter = Number.POSITIVE_INFINITY
      for (const goOn of held.splice(0)) goOn()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return state
}
