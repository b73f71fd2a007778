// Builds the page and its workers, and serves both with the headers that wasm threads need.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { isolationHeaders } from './tools/headers.ts'
import { gzipUrl } from './tools/vite-gzip-wasm.ts'

export default defineConfig({
  plugins: [react(), gzipUrl()],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  // The condition keeps the runtime's glue and wasm out of its script: src/platform names the two builds that ship.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  worker: { format: 'es', plugins: () => [gzipUrl()] },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
})
