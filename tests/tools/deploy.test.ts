// What stands between a commit and its deploy: the workflow's own lines, and where the page may be put.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refuseSharedOrigin } from '../../tools/check-origin.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const linesOf = (path: string) =>
  readFileSync(join(ROOT, path), 'utf8')
    .split('\n')
    .map((line) => line.trim())

describe('a page', () => {
  it.each(['https://kindred.example/', 'https://user.github.io/', 'https://kindred.example'])(
    'may be at %s, which is its own',
    (url) => expect(refuseSharedOrigin(url, undefined)).toBeNull(),
  )

  it('may be below the root of a host only where that is known', () => {
    const url = 'https://user.github.io/kindred/'
    for (const said of [undefined, '', '1', 'no']) {
      expect(refuseSharedOrigin(url, said)).toContain('every other page of that host can read')
    }
    expect(refuseSharedOrigin(url, 'accepted')).toBeNull()
  })

  it('that nobody can name is deployed nowhere', () => {
    expect(() => refuseSharedOrigin('', 'accepted')).toThrow(TypeError)
  })
})

it('a deploy to a shared host ends with an error', () => {
  const check = (KINDRED_SHARED_ORIGIN: string) =>
    execFileSync('npx', ['tsx', 'tools/check-origin.ts', 'https://user.github.io/kindred/'], {
      cwd: ROOT,
      env: { ...process.env, KINDRED_SHARED_ORIGIN },
      stdio: 'pipe',
    })
  expect(() => check('')).toThrow(/every other page of that host/)
  expect(() => check('accepted')).not.toThrow()
}, 60_000)

it('the workflow asks about the origin, known vulnerabilities and the tests before there is anything to deploy', () => {
  const lines = linesOf('.github/workflows/deploy.yml')
  const steps = [
    '- run: npm ci --ignore-scripts',
    '- run: npm audit --audit-level=high --omit=dev',
    `run: npx tsx tools/check-origin.ts "$(gh api "repos/$GITHUB_REPOSITORY/pages" --jq .html_url)"`,
    '- run: npm test',
    '- run: npm run build',
    '- uses: actions/upload-pages-artifact@v3',
  ].map((line) => lines.indexOf(line))
  expect(steps).not.toContain(-1)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
})

it('versions are pinned, and the runtime fetches nothing when it is installed', () => {
  expect(linesOf('.npmrc')).toEqual(
    expect.arrayContaining([
      'save-exact=true',
      'onnxruntime-node-install=skip',
      'omit-lockfile-registry-resolved=true',
    ]),
  )
})
