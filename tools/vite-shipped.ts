// A Vite plugin that puts a list of what ships of others into each build, with their licences; a build with an unfit package fails.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { describeShipped, type Lockfile, packageOf, writeLicences, writeSbom } from './shipped-packages.ts'

export interface ShippedPlugins {
  /** For each of the workers' builds, which come before the page's ends. */
  readonly inWorkers: () => Plugin
  readonly inPage: () => Plugin
}

export function listShipped(): ShippedPlugins {
  const bundled = new Set<string>()

  function collect(moduleIds: Iterable<string>): void {
    for (const id of moduleIds) {
      const key = packageOf(id)
      if (key !== null) bundled.add(key)
    }
  }

  return {
    inWorkers: () => ({
      name: 'shipped-in-workers',
      generateBundle(_, bundle) {
        for (const output of Object.values(bundle)) if (output.type === 'chunk') collect(output.moduleIds)
      },
    }),
    inPage: () => ({
      name: 'shipped',
      apply: 'build',
      generateBundle(_, bundle) {
        for (const output of Object.values(bundle)) if (output.type === 'chunk') collect(output.moduleIds)
        const root = process.cwd()
        const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile
        const shipped = describeShipped(lock, bundled)
        this.emitFile({ type: 'asset', fileName: 'sbom.cdx.json', source: writeSbom(shipped) })
        this.emitFile({ type: 'asset', fileName: 'licences.txt', source: writeLicences(root, shipped) })
      },
    }),
  }
}
