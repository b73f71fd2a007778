// What ships of others: few packages, pinned, of known licences, listed.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import {
  describeShipped,
  findLoosePins,
  type Lockfile,
  packageOf,
  UnfitPackage,
  writeLicences,
  writeSbom,
} from '../../tools/shipped-packages.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
const lock = readJson('package-lock.json') as Lockfile

it('are dependencies of exact versions, each with its integrity in the lockfile', () => {
  const { dependencies, devDependencies, overrides } = readJson('package.json')
  expect(findLoosePins({ ...dependencies, ...devDependencies, ...overrides })).toEqual([])
  const without = Object.entries(lock.packages).filter(([key, { integrity }]) => key !== '' && !integrity)
  expect(without).toEqual([])
})

it('would be loose as a range, a tag or an address', () => {
  const loose = { a: '^1.0.0', b: 'latest', c: 'https://elsewhere.test/c.tgz', d: '1.x', e: 'npm:@x/e@^2.0.0' }
  expect(findLoosePins({ ...loose, f: '1.2.3', g: 'npm:@x/g@4.3.1', h: '1.31.0-dev.2026-8d85' })).toHaveLength(5)
})

it('are known by the modules that were bundled', () => {
  expect(packageOf('/x/node_modules/react-dom/client.js')).toBe('node_modules/react-dom')
  expect(packageOf('\0/x/node_modules/@a/b/index.js?commonjs')).toBe('node_modules/@a/b')
  expect(packageOf('/x/node_modules/a/node_modules/b/i.js')).toBe('node_modules/a/node_modules/b')
  expect(packageOf('/x/node_modules/.vite/deps/a.js')).toBeNull()
  expect(packageOf('/x/src/main.tsx')).toBeNull()
})

it('are listed with version, licence and hash, the same each time', () => {
  const shipped = describeShipped(lock, ['node_modules/clsx'])
  expect(shipped.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['clsx', 'react', '@huggingface/transformers']),
  )
  const { components } = JSON.parse(writeSbom(shipped)) as { components: { name: string; hashes: object[] }[] }
  expect(components).toHaveLength(shipped.length)
  expect(components.every(({ hashes }) => hashes.length > 0)).toBe(true)
  expect(writeSbom(describeShipped(lock, ['node_modules/clsx']))).toBe(writeSbom(shipped))
  expect(writeLicences(ROOT, shipped)).toMatch(/react 19[\s\S]*MIT License/)
})

it('fail the build under an unknown licence, from outside of the lockfile, or by their number', () => {
  expect(() => describeShipped(lock, ['node_modules/elsewhere'])).toThrow(UnfitPackage)
  expect(() => describeShipped(lock, ['node_modules/@img/sharp-libvips-linux-x64'])).toThrow(/LGPL/)
  const many = Object.fromEntries(
    Array.from({ length: 61 }, (_, i) => [`node_modules/p${i}`, { ...lock.packages['node_modules/clsx'] }]),
  )
  expect(() => describeShipped({ packages: many }, Object.keys(many))).toThrow(/61 packages ship/)
})
