// The few globals beside the language itself that the core may use: every JavaScript runtime has them.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer): string
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}

/** A file on disk, or bytes elsewhere, that is read only where it is asked for. */
interface Blob {
  readonly size: number
  slice(start?: number, end?: number): Blob
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Inflates what is written to it. */
declare class DecompressionStream {
  constructor(format: 'deflate-raw')
  readonly readable: { getReader(): ReadableStreamDefaultReader<Uint8Array> }
  readonly writable: { getWriter(): WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> }
}

interface ReadableStreamDefaultReader<T> {
  read(): Promise<{ readonly done: false; readonly value: T } | { readonly done: true; readonly value?: undefined }>
  cancel(reason?: unknown): Promise<void>
}

interface WritableStreamDefaultWriter<T> {
  readonly ready: Promise<unknown>
  write(chunk: T): Promise<void>
  close(): Promise<void>
}

/** Compiled and run at once: a module of the core is a few kilobytes. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
}
