// Type-checks every environment with its own globals: the core sees neither DOM nor Node, workers see no document.

import { spawnSync } from 'node:child_process'

const projects = ['src/core', 'src', 'workers', '.']
const failed = projects.filter((project) => {
  const { status } = spawnSync('tsc', ['--project', project], { stdio: 'inherit', shell: process.platform === 'win32' })
  return status !== 0
})
if (failed.length > 0) {
  console.error(`types: ${failed.join(', ')} failed`)
  process.exit(1)
}
