// Fetches a file of the app's own whole, telling how far it is.

/** A file that could not be fetched: the server has none at that address, or did not answer. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure'

  constructor(
    readonly url: string,
    readonly reason: string,
  ) {
    super(`${url}: ${reason}`)
  }
}

/**
 * @param onProgress gets the bytes read so far, after each network chunk
 * @throws FetchFailure
 */
export async function fetchBytes(url: string, onProgress?: (loaded: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response
  try {
    response = await fetch(url)
  } catch (error) {
    throw new FetchFailure(url, error instanceof Error ? error.message : String(error))
  }
  if (!response.ok) throw new FetchFailure(url, `the server answered ${response.status}`)
  // A server with a fallback page answers every address with it.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new FetchFailure(url, 'there is no such file')
  try {
    return await readBody(response, onProgress)
  } catch (error) {
    throw new FetchFailure(url, `cut off: ${error instanceof Error ? error.message : error}`)
  }
}

async function readBody(response: Response, onProgress?: (loaded: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null || onProgress === undefined) return new Uint8Array(await response.arrayBuffer())
  const reader = response.body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer())
    chunks.push(value)
    loaded += value.byteLength
    onProgress(loaded)
  }
}
