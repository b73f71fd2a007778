// Inflates raw DEFLATE streams piece by piece with the runtime's own decoder, so that memory holds only what is asked for.

/** DEFLATE cannot expand a byte to more than this many. */
export const MOST_DEFLATE_EXPANDS = 1032
/** Fed in pieces of this size, since a decoder may hand out all that a piece holds at once: 33 MB at the very most. */
const PIECE = 32 << 10

/** Yields the inflated bytes; they belong to the caller. Throws what the decoder throws where the stream is damaged. */
export async function* inflateRaw(deflated: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const reader = readable.getReader()
  let failure: { readonly error: unknown } | null = null
  const feeding = feed(deflated, writable.getWriter()).catch((error) => {
    failure = { error }
    return reader.cancel(error).catch(() => {})
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
    await feeding
    if (failure !== null) throw (failure as { readonly error: unknown }).error
  } finally {
    await reader.cancel().catch(() => {})
    await feeding
  }
}

/** What feeding needs of a stream's writer. */
interface Feeder {
  readonly ready: Promise<unknown>
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>
  close(): Promise<void>
}

async function feed(deflated: AsyncIterable<Uint8Array>, writer: Feeder): Promise<void> {
  for await (const bytes of deflated) {
    for (let start = 0; start < bytes.length; start += PIECE) {
      await writer.ready
      await writer.write(bytes.slice(start, start + PIECE))
    }
  }
  await writer.close()
}
