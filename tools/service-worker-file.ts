// Writes the service worker of a finished build: one script that holds the digests of all that it keeps.

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { writeHeadersFile } from './headers.ts'
import { describeShell, listFiles } from './shell-assets.ts'

const ENTRY = resolve(import.meta.dirname, '../workers/service-worker.ts')

export interface ServiceWorkerOptions {
  /** The finished build; `service-worker.js` and `_headers` are written into it. */
  readonly folder: string
  readonly buildId: string
  /** True for the build that withdraws the app from browsers. */
  readonly retired: boolean
}

/** Throws UnsortedAsset where the build has a file that is neither kept nor left out for a reason. */
export async function writeServiceWorker({ folder, buildId, retired }: ServiceWorkerOptions): Promise<void> {
  writeFileSync(join(folder, '_headers'), writeHeadersFile(listFiles(folder).filter((path) => /\.m?js$/.test(path))))
  const assets = retired ? [] : describeShell(folder)
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: {
      KINDRED_BUILD: JSON.stringify(buildId),
      KINDRED_ASSETS: JSON.stringify(assets),
      KINDRED_RETIRED: JSON.stringify(retired),
    },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: ENTRY, output: { format: 'iife', entryFileNames: 'service-worker.js' } },
    },
  })
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const [script] = outputs
  if (outputs.length !== 1 || script?.type !== 'chunk') throw new Error('the service worker is not one script')
  writeFileSync(join(folder, 'service-worker.js'), script.code)
}
