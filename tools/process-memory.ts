// What the system counts as the memory of a page's process: WebAssembly, decoded pictures and workers are in it.

import { readFile } from 'node:fs/promises'
import type { Browser } from '@playwright/test'

/**
 * Bytes that the largest of the browser's page processes holds now ('VmRSS'), or the most that it ever held ('VmHWM'): others
 * are spares that have loaded nothing. Null where the system does not tell, as elsewhere than on Linux.
 */
export async function memoryOfPages(browser: Browser, what: 'VmRSS' | 'VmHWM'): Promise<number | null> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const found = await Promise.all(renderers.map(({ id }) => read(id, what)))
  const known = found.filter((bytes) => bytes !== null)
  return known.length === 0 ? null : Math.max(...known)
}

async function read(pid: number, what: string): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const [, kibibytes] = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  } catch {
    return null
  }
}
