// What the system counts as the memory of a page's process: WebAssembly, decoded pictures and workers are in it.

import { readFile } from 'node:fs/promises'
import type { Browser } from '@playwright/test'

const WATCH_MS = 5

/**
 * Bytes that the largest of the browser's page processes holds now ('VmRSS'), those of them that it shares with no file and no other
 * process ('RssAnon'), or the most that it ever held ('VmHWM'): others are spares that have loaded nothing. Null where the system
 * does not tell, as elsewhere than on Linux.
 */
export async function memoryOfPages(browser: Browser, what: 'VmRSS' | 'RssAnon' | 'VmHWM'): Promise<number | null> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const found = await Promise.all(renderers.map(({ id }) => read(id, what)))
  const known = found.filter((bytes) => bytes !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/**
 * Looks at the memory of the browser's pages every few milliseconds, from now until the function that it gives is called: that
 * gives the most bytes that one held. The system's own mark misses what comes and goes between two of its looks.
 */
export async function watchMemoryOfPages(browser: Browser): Promise<() => Promise<number | null>> {
  let most: number | null = null
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const now = await memoryOfPages(browser, 'VmRSS')
      if (now !== null) most = Math.max(most ?? 0, now)
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
    }
  })()
  return async () => {
    isOver = true
    await watching
    return most
  }
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
