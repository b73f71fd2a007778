// A Vite plugin that makes a build an app of its own: its name in every script, its policy in the page, its service worker.

import type { Plugin } from 'vite'
import { metaPolicy } from '../src/platform/security-headers.ts'
import { computeBuildId } from './build-id.ts'
import { writeChecksums } from './checksums.ts'
import { writeServiceWorker } from './service-worker-file.ts'

/** @param retired true for the build that withdraws the app from browsers: its page registers no service worker */
export function offline(retired: boolean): Plugin {
  let buildId = ''
  let folder = ''
  return {
    name: 'offline',
    apply: 'build',
    config(_, { command }) {
      if (command !== 'build') return
      buildId = computeBuildId(process.cwd())
      return { define: { KINDRED_BUILD: JSON.stringify(buildId), KINDRED_RETIRED: JSON.stringify(retired) } }
    },
    configResolved(config) {
      folder = config.build.outDir
    },
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy },
        // Before anything that it is to govern.
        injectTo: 'head-prepend',
      },
      { tag: 'meta', attrs: { name: 'build', content: buildId }, injectTo: 'head' },
    ],
    // By then all files are there, those of public/ too.
    async writeBundle() {
      await writeServiceWorker({ folder, buildId, retired })
      writeChecksums(folder)
    },
  }
}
