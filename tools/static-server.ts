// A static file server for dist/: loopback only, cross-origin isolated, with ranges and validators.

import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize, relative, sep } from 'node:path'
import { contentTypeOf } from './content-types.ts'
import { securityHeaders } from './headers.ts'

/** The headers of a file beside those of every answer, by its path below the root, with slashes. */
export type HeadersOf = (path: string) => Readonly<Record<string, string>>

export interface StaticServer {
  readonly port: number
  /** Ends every connection; resolves when nothing answers any more. */
  close(): Promise<void>
}

/**
 * Listens on `port` (0: any free one) of the loopback interface, by IPv6 too where the machine has it, as browsers may ask
 * either for "localhost", and serves the files below `root`.
 * @param headersOf the app's own unless given
 */
export async function serveFolder(
  root: string,
  port: number,
  headersOf: HeadersOf = securityHeaders,
): Promise<StaticServer> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    respond(root, headersOf, request, response).catch((error: unknown) => {
      console.error(error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
  const first = await listen(createServer(answer), port, '127.0.0.1')
  const servers = [first]
  const chosen = (first.address() as AddressInfo).port
  const close = async () => {
    await Promise.all(servers.map(stop))
  }
  try {
    servers.push(await listen(createServer(answer), chosen, '::1'))
  } catch (error) {
    if (!isWithoutIpv6(error)) {
      await close()
      throw error
    }
  }
  return { port: chosen, close }
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}

function isWithoutIpv6(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}

async function respond(
  root: string,
  headersOf: HeadersOf,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Method not allowed')
  const path = resolvePath(root, request.url ?? '/')
  const found = path === null ? null : await fileAt(path)
  if (found === null) return refuse(response, 404, 'Not found')

  const etag = `"${found.stats.size.toString(36)}-${Math.round(found.stats.mtimeMs).toString(36)}"`
  const headers: Record<string, string> = {
    ...headersOf(relative(root, found.path).split(sep).join('/')),
    'Content-Type': contentTypeOf(found.path),
    'Cache-Control': /[/\\]assets[/\\]/.test(found.path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Accept-Ranges': 'bytes',
    ETag: etag,
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  const range = parseRange(request.headers.range, found.stats.size)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${found.stats.size}` }).end()
    return
  }
  if (range !== null) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${found.stats.size}`
  headers['Content-Length'] = String(range === null ? found.stats.size : range.end - range.start + 1)
  response.writeHead(range === null ? 200 : 206, headers)
  if (request.method === 'HEAD') response.end()
  else {
    const file = createReadStream(found.path, range ?? {})
    // It may have gone since: the answer is cut off then, and the server goes on.
    file.on('error', () => response.destroy())
    file.pipe(response)
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders(''), 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
}

/** The file a URL names, or null where it would lie outside `root`. */
function resolvePath(root: string, url: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return null
  }
  if (path.includes('\0')) return null
  const full = normalize(join(root, path))
  return full === root || full.startsWith(root + sep) ? full : null
}

async function fileAt(path: string): Promise<{ path: string; stats: Stats } | null> {
  const stats = await stat(path).catch(() => null)
  if (stats?.isFile()) return { path, stats }
  return stats?.isDirectory() ? fileAt(join(path, 'index.html')) : null
}

/** One range of a Range header, null where there is none to honour. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null) return null
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start <= end ? { start, end } : 'unsatisfiable'
}
