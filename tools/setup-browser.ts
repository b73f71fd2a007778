// `npm run setup:browser`: installs a Chromium for the tests where there is none.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findBrowser } from './browser.ts'

const found = findBrowser()
if (found !== null) {
  console.log(`Browser: ${found}`)
  process.exit(0)
}

const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
if (isDebianRoot) {
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
}
if (findBrowser() === null) run('npx', ['playwright', 'install', 'chromium'])

const installed = findBrowser()
if (installed === null) {
  console.error('No Chromium could be installed: install Chromium or Chrome yourself, or point CHROMIUM_PATH at one.')
  process.exit(1)
}
console.log(`Browser: ${installed}`)

function run(command: string, args: string[]): void {
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
