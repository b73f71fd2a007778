// A server of a pack that misbehaves as it is told, request by request.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseRange } from '../../tools/static-server.ts'

/** A request for a file, before it is answered. */
export interface Asked {
  readonly path: string
  readonly start: number
  /** Past the last byte. */
  readonly end: number
  readonly isRange: boolean
  readonly ifRange: string | null
  /** What the file holds. */
  readonly bytes: Uint8Array
  readonly response: ServerResponse
}

export interface PackServer {
  readonly url: string
  readonly asked: Asked[]
  /** Bytes of bodies so far, pack.json's left out. */
  sent: number
  /** Answers in place of the server where it returns true. */
  answer: (asked: Asked) => boolean
  close(): Promise<void>
}

export const ETAG = '"one"'

/** Serves files by ranges, as a good server does, where `answer` does nothing else. */
export async function servePack(files: ReadonlyMap<string, Uint8Array>): Promise<PackServer> {
  const state: PackServer = { url: '', asked: [], sent: 0, answer: () => false, close: async () => {} }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1)
    const bytes = files.get(path)
    if (bytes === undefined) {
      response.writeHead(404).end()
      return
    }
    const asked = readRequest(request, response, path, bytes)
    if (path === 'pack.json') {
      response.end(bytes)
      return
    }
    state.asked.push(asked)
    if (!state.answer(asked)) sendRange(state, asked)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return Object.assign(state, {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

function readRequest(request: IncomingMessage, response: ServerResponse, path: string, bytes: Uint8Array): Asked {
  const range = parseRange(request.headers.range, bytes.byteLength)
  const isRange = typeof range === 'object' && range !== null
  const { start, end } = isRange ? range : { start: 0, end: bytes.byteLength - 1 }
  const ifRange = request.headers['if-range']
  return { path, start, end: end + 1, isRange, ifRange: typeof ifRange === 'string' ? ifRange : null, bytes, response }
}

/** @param change of the headers or of the body's bytes */
export function sendRange(
  state: Pick<PackServer, 'sent'>,
  { response, bytes, start, end }: Asked,
  change: { readonly headers?: Record<string, string>; readonly body?: (body: Uint8Array) => Uint8Array } = {},
): void {
  const body = change.body?.(bytes.slice(start, end)) ?? bytes.subarray(start, end)
  response.writeHead(206, {
    'Content-Range': `bytes ${start}-${end - 1}/${bytes.byteLength}`,
    'Content-Length': body.byteLength,
    ETag: ETAG,
    ...change.headers,
  })
  state.sent += body.byteLength
  response.end(body)
}

/** Sends the first `count` bytes of what was asked for, and cuts the connection. */
export function cutAfter(state: Pick<PackServer, 'sent'>, asked: Asked, count: number): void {
  const { response, bytes, start, end } = asked
  response.writeHead(206, {
    'Content-Range': `bytes ${start}-${end - 1}/${bytes.byteLength}`,
    'Content-Length': end - start,
    ETag: ETAG,
  })
  state.sent += count
  response.write(bytes.subarray(start, start + count), () => response.destroy())
}
