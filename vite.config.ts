// Builds the page and its workers, and serves both with the headers that wasm threads need.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { isolationHeaders } from './tools/headers.ts'
import { gzipUrl } from './tools/vite-gzip-wasm.ts'
import { offline } from './tools/vite-offline.ts'
import { evaluationReport } from './tools/vite-report.ts'
import { listShipped } from './tools/vite-shipped.ts'

/** `KINDRED_RETIRED=1 npm run build` makes the build that withdraws the app from browsers and leaves a person's data. */
const retired = process.env.KINDRED_RETIRED === '1'

const shipped = listShipped()

export default defineConfig({
  // Relative: one build serves from any folder of any host.
  base: './',
  plugins: [react(), gzipUrl(), shipped.inPage(), evaluationReport(), offline(retired)],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  // The condition keeps the runtime's glue and wasm out of its script: src/platform names the two builds that ship.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  worker: { format: 'es', plugins: () => [gzipUrl(), shipped.inWorkers()] },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
})
