// Builds the page and its workers, and serves both with the headers that wasm threads need.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { isolationHeaders } from './tools/headers.ts'

export default defineConfig({
  plugins: [react()],
  server: { headers: isolationHeaders },
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  worker: { format: 'es' },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
})
