// Looks through the app's source and its build for ways to send, run or show what should not be; fails where it finds one.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Finding, lintBuilt, lintSealed, lintSource } from './lint-rules.ts'
import { listFiles } from './shell-assets.ts'

const ROOT = resolve(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')

if (!existsSync(join(DIST, 'index.html'))) throw new Error('there is no build: npm run build')

const sources = ['src', 'workers'].flatMap((folder) => listFiles(join(ROOT, folder)).map((path) => `${folder}/${path}`))
const findings: readonly Finding[] = [
  ...['index.html', ...sources.filter((path) => /\.(tsx?|css)$/.test(path))].flatMap((path) =>
    lintSource(path, readFileSync(join(ROOT, path), 'utf8')),
  ),
  ...listFiles(DIST)
    .filter((path) => /\.(js|mjs|html|css|svg|webmanifest)$/.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(DIST, path), 'utf8')
      return [...lintBuilt(path, text), ...lintSealed(path, text)]
    }),
]
for (const { path, line, text, because } of findings) console.error(`${path}:${line}: ${text}: ${because}`)
if (findings.length > 0) process.exit(1)
