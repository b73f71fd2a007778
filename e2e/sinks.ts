// Where all ends up that a browser sends to other hosts: every name but localhost leads to one TCP and one UDP port, which note it.

import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

export interface Sinks {
  readonly port: number
  /** For the browser's command line. */
  readonly flag: string
  /** What came, as 'tcp NAME' or 'udp': the name that a request or a TLS greeting asks for, '?' where it has none. */
  readonly arrivals: readonly string[]
  close(): Promise<void>
}

export async function openSinks(): Promise<Sinks> {
  const arrivals: string[] = []
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.once('data', (bytes) => {
      arrivals.push(`tcp ${nameIn(bytes.toString('latin1'))}`)
      socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4', () => arrivals.push('udp'))
  await new Promise<void>((resolve) => udp.bind(port, '0.0.0.0', resolve))
  return {
    port,
    flag: `--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    arrivals,
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([new Promise((closed) => tcp.close(closed)), new Promise<void>((closed) => udp.close(closed))])
    },
  }
}

/** A request's Host, or the server's name in a TLS greeting: extension 0, whose one entry is of type 0 (RFC 6066, 3). */
function nameIn(text: string): string {
  const host = /^host: ([^:\r]+)/im.exec(text)?.[1]
  if (host !== undefined) return host
  for (const [, high = '', low = '', rest = ''] of text.matchAll(/\0\0.{4}\0(.)(.)([a-z0-9.-]+)/gis)) {
    const length = 256 * high.charCodeAt(0) + low.charCodeAt(0)
    if (length > 0 && length <= rest.length) return rest.slice(0, length)
  }
  return '?'
}
