// A Vite plugin that puts the evaluation's report beside the page, which links to it: docs/eval as eval/.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { contentTypeOf } from './content-types.ts'

const REPORT = join(import.meta.dirname, '../docs/eval')

export function evaluationReport(): Plugin {
  return {
    name: 'evaluation-report',
    configureServer(server) {
      server.middlewares.use('/eval', (request, response, next) => {
        const name = new URL(request.url ?? '', 'http://localhost').pathname.slice(1)
        if (!readdirSync(REPORT).includes(name)) return next()
        response.setHeader('Content-Type', contentTypeOf(name))
        response.end(readFileSync(join(REPORT, name)))
      })
    },
    generateBundle() {
      for (const name of readdirSync(REPORT)) {
        this.emitFile({ type: 'asset', fileName: `eval/${name}`, source: readFileSync(join(REPORT, name)) })
      }
    },
  }
}
