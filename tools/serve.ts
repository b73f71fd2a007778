// `npm start`: builds what is missing or older than its sources, then serves dist/ until stopped.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { serveFolder } from './static-server.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SOURCES = [
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'index.html',
  'src',
  'workers',
  'public',
  'tools',
  'docs/eval',
]

const port = Number(process.env.PORT || 4173)
if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
  console.error(`PORT=${process.env.PORT} is not a port: choose a number from 0 (any free one) to 65535`)
  process.exit(1)
}

if (isBuildStale()) {
  const { status } = spawnSync('npx', ['vite', 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

try {
  const server = await serveFolder(join(ROOT, 'dist'), port)
  console.log(`Kindred is at http://localhost:${server.port}`)
} catch (error) {
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  console.error(inUse ? `Port ${port} is taken: choose another with PORT=4174 npm start` : error)
  process.exit(1)
}

function isBuildStale(): boolean {
  const built = join(ROOT, 'dist', 'index.html')
  if (!existsSync(built)) return true
  const builtAt = statSync(built).mtimeMs
  return SOURCES.some((source) => newest(join(ROOT, source)) > builtAt)
}

/** The latest modification below a path, in milliseconds; 0 where there is nothing. */
function newest(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0)
}
