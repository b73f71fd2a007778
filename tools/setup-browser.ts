// `npm run setup:browser`: installs a Chromium for the tests where there is none.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runTool, UsageError } from './arguments.ts'
import { findBrowser } from './browser.ts'

await runTool(async () => {
  if (findBrowser() === null) install()
  const found = findBrowser()
  if (found === null) {
    throw new UsageError(
      'No Chromium could be installed: install Chromium or Chrome yourself, or point CHROMIUM_PATH at one.',
    )
  }
  console.log(`Browser: ${found}`)
})

function install(): void {
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (isDebianRoot) {
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
  }
  if (findBrowser() === null) run('npx', ['playwright', 'install', 'chromium'])
}

function run(command: string, args: string[]): void {
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
