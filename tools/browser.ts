// Finds the Chromium that tests and benchmarks drive.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { UsageError } from './arguments.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/**
 * Path of a Chromium: CHROMIUM_PATH, the system's Chromium or Chrome, or Playwright's own; null where there is none.
 * Throws UsageError where CHROMIUM_PATH names none.
 */
export function findBrowser(): string | null {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new UsageError(`CHROMIUM_PATH names ${chosen}, which does not exist`)
    return chosen
  }
  for (const name of NAMES) {
    const { stdout, status } = spawnSync(process.platform === 'win32' ? 'where' : 'which', [name], { encoding: 'utf8' })
    const [first] = (stdout ?? '').split('\n')
    if (status === 0 && first) return first.trim()
  }
  if (existsSync(MAC_CHROME)) return MAC_CHROME
  const own = chromium.executablePath()
  return existsSync(own) ? own : null
}

/** Flags for a headless run that talks to nobody; WebGPU, where asked for, on the software adapter. */
export function browserArguments(options: { readonly webgpu: boolean }): string[] {
  return [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(options.webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : []),
  ]
}
