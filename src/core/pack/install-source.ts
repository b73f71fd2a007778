// Where an install gets its bytes from: a server, or a folder that was dropped; and how getting them fails.

/** Bytes of a file on their way: those asked for, or all of the file where the source has no other way. */
export interface SourceStream {
  readonly start: number
  readonly end: number
  readonly body: AsyncIterable<Uint8Array>
}

export interface PackSource {
  /**
   * The bytes `start` to `end` of a file of `byteLength` bytes. It, and the body, reject with SourceFailure, or with another error
   * where the install was cancelled.
   */
  open(path: string, start: number, end: number, byteLength: number): Promise<SourceStream>
}

/** Bytes that could not be had. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'

  /**
   * @param kind 'passing': asking again may help. 'lasting': it will not. 'damage': bytes came, but not those that pack.json
   * says; asking again helps where they were altered on the way
   */
  constructor(
    message: string,
    readonly kind: 'passing' | 'lasting' | 'damage',
  ) {
    super(message)
  }
}

/** The source would have the bytes fetched from elsewhere, which nobody chose. */
export class SentOn extends SourceFailure {
  constructor(message: string) {
    super(message, 'lasting')
  }
}
