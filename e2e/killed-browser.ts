// A Chromium with a profile of its own that can be killed as a crash or a person would: SIGKILL, nothing flushed, nothing told.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import type { SourceServer } from './source-server.ts'

export interface KilledBrowser {
  /** Opens the browser on its profile, with an empty page of the server's. */
  open(): Promise<Page>
  kill(): Promise<void>
  /** Ends it, and deletes its profile. */
  remove(): Promise<void>
}

/** @param folder its profile, empty at first */
export function createKilledBrowser(
  server: SourceServer,
  folder: string = mkdtempSync(join(tmpdir(), 'kindred-kill-')),
): KilledBrowser {
  let context: BrowserContext | null = null
  return {
    async open() {
      // Left by a browser that was killed, they would keep another out.
      for (const name of readdirSync(folder)) {
        if (name.startsWith('Singleton')) rmSync(join(folder, name), { force: true })
      }
      const executablePath = findBrowser()
      context = await chromium.launchPersistentContext(folder, {
        args: browserArguments({ webgpu: false }),
        ...(executablePath === null ? {} : { executablePath }),
      })
      const page = context.pages()[0] ?? (await context.newPage())
      await server.openEmptyPage(page)
      return page
    },
    async kill() {
      const opened = context
      if (opened === null) return
      context = null
      const closed = new Promise<void>((resolve) => opened.once('close', () => resolve()))
      const own = findProcesses(folder)
      if (own.length > 0) for (const pid of own) process.kill(pid, 'SIGKILL')
      else await crash(opened)
      await closed
    },
    async remove() {
      await context?.close().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The processes that were started on this profile; none where the system does not list them. */
function findProcesses(folder: string): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
        } catch {
          return false
        }
      })
      .map(Number)
  } catch {
    return []
  }
}

async function crash(context: BrowserContext): Promise<void> {
  const [page] = context.pages()
  if (page === undefined) return
  const devtools = await context.newCDPSession(page)
  await devtools.send('Browser.crash').catch(() => undefined)
}
