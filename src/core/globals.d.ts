// The few globals beside the language itself that the core may use: every JavaScript runtime has them.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer): string
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}

/** Passed through to the runtime; the core never reads one. */
interface Blob {
  readonly size: number
}
