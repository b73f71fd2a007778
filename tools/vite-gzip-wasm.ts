// A Vite plugin for imports that end in `?gzip-url`: the URL of a gzipped copy, for files that hosts find too large.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const QUERY = '?gzip-url'

/**
 * In a build the import gives the URL of FILE.gz, which lies beside the other assets; the dev server, which has no limits, gives
 * the URL of the file as it is. The reader looks at the first two bytes to know which it got.
 */
export function gzipUrl(): Plugin {
  let building = false
  return {
    name: 'gzip-url',
    enforce: 'pre',
    configResolved(config) {
      building = config.command === 'build'
    },
    async resolveId(source, importer) {
      if (!source.endsWith(QUERY)) return null
      const plain = source.slice(0, -QUERY.length)
      const resolved = await this.resolve(plain, importer, { skipSelf: true })
      if (resolved === null) this.error(`${plain} was not found`)
      return `${resolved.id}${QUERY}`
    },
    load(id) {
      if (!id.endsWith(QUERY)) return null
      const file = id.slice(0, -QUERY.length)
      if (!building) return `export { default } from ${JSON.stringify(`${file}?url`)}`
      const reference = this.emitFile({
        type: 'asset',
        name: `${basename(file)}.gz`,
        source: gzipSync(readFileSync(file)),
      })
      return `export default import.meta.ROLLUP_FILE_URL_${reference}`
    },
  }
}
