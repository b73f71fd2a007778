// Imports that tools/vite-gzip-wasm.ts answers: the URL of a file that may be gzipped.

declare module '*?gzip-url' {
  const url: string
  export default url
}
