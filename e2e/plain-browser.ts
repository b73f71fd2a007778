// A Chromium as a person has it: tabs behind others are hidden and throttled, which the test runner's own launch turns off.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'

export interface PlainBrowser {
  readonly context: BrowserContext
  close(): Promise<void>
}

/** Starts it on a profile of its own. @param more flags beside those of every test */
export async function openPlainBrowser(more: readonly string[] = []): Promise<PlainBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-plain-'))
  const own = [`--user-data-dir=${folder}`, '--remote-debugging-port=0', '--headless', '--window-size=1440,900']
  const path = findBrowser() ?? chromium.executablePath()
  const started = spawn(path, [...browserArguments({ webgpu: false }), ...own, ...more, 'about:blank'], {
    stdio: 'ignore',
  })
  const end = async () => {
    await stop(started)
    // Children of the browser's end a little after it, and write till then.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  }
  try {
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await readPort(folder, started)}`, {
      noDefaults: true,
    })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('the browser has no window')
    return {
      context,
      async close() {
        await browser.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** The browser writes it down once it listens. */
async function readPort(folder: string, { exitCode }: ChildProcess): Promise<string> {
  const path = join(folder, 'DevToolsActivePort')
  for (;;) {
    const [port, rest] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    if (port && rest) return port
    if (exitCode !== null) throw new Error(`the browser ended with status ${exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function stop(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.signalCode !== null) return
  const ended = new Promise((resolve) => started.once('exit', resolve))
  started.kill('SIGKILL')
  await ended
}
