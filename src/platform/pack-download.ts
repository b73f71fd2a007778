// A pack on a server as an install's source: by ranges, with an eye on everything that servers and networks get wrong.

import { type PackSource, SentOn, SourceFailure, type SourceStream } from '../core/pack/install-source.ts'
import { MOST_MANIFEST_BYTES } from '../core/pack/manifest.ts'

export interface DownloadOptions {
  /** Cancels; everything under way then rejects with its reason. */
  readonly signal: AbortSignal
  /** How long no byte may come before the server counts as gone. */
  readonly stallMs: number
  /** Calls `ring` after a while, unless the function that it returns is called before. */
  readonly setAlarm: (milliseconds: number, ring: () => void) => () => void
  /**
   * Whether to ask with If-Range, so that a file that changed comes whole instead of in part. Other hosts must allow that header
   * first, and few do; the pieces' hashes find a changed file in any case.
   */
  readonly usesIfRange: boolean
}

/** @param folderUrl the pack's folder, with a slash at its end */
export function createPackDownload(
  folderUrl: string,
  options: DownloadOptions,
): PackSource & {
  /** pack.json. Rejects with SourceFailure. */
  readManifest(): Promise<Uint8Array>
} {
  const etags = new Map<string, string>()

  async function ask(path: string, headers: Record<string, string>): Promise<{ response: Response; watch: Watch }> {
    const watch = watchFor(options)
    try {
      const response = await watch.orStall(
        fetch(`${folderUrl}${path}`, {
          headers,
          signal: watch.signal,
          cache: 'no-store',
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
          // The person chose this host and no other; where it would send to, a page is not told.
          redirect: 'manual',
        }),
      )
      refuseUnusable(path, response)
      return { response, watch }
    } catch (error) {
      watch.end()
      throw asFailure(path, error, options.signal)
    }
  }

  return {
    async open(path, start, end, byteLength) {
      const known = etags.get(path)
      const ifRange: Record<string, string> = known !== undefined && options.usesIfRange ? { 'If-Range': known } : {}
      const { response, watch } = await ask(path, { Range: `bytes=${start}-${end - 1}`, ...ifRange })
      const drop = (message: string, kind: SourceFailure['kind']): SourceFailure => {
        watch.end()
        return new SourceFailure(`${path}: ${message}`, kind)
      }
      const etag = response.headers.get('etag')
      // A weak one says nothing of the bytes.
      if (etag !== null && !etag.startsWith('W/')) etags.set(path, etag)
      if (response.status === 200) {
        const length = response.headers.get('content-length')
        if (length !== null && Number(length) !== byteLength) {
          throw drop(`the server has ${length} bytes, not ${byteLength}`, 'damage')
        }
        return { start: 0, end: byteLength, body: readBody(path, response, watch, options.signal) }
      }
      if (known !== undefined && etag !== null && etag !== known) throw drop('changed on the server', 'passing')
      const range = response.headers.get('content-range')
      if (range !== null && range !== `bytes ${start}-${end - 1}/${byteLength}`) {
        throw drop(`the server gave ${range} for ${start}-${end - 1}/${byteLength}`, 'passing')
      }
      return { start, end, body: readBody(path, response, watch, options.signal) } satisfies SourceStream
    },

    async readManifest() {
      const { response, watch } = await ask('pack.json', {})
      const parts: Uint8Array<ArrayBuffer>[] = []
      let byteLength = 0
      for await (const bytes of readBody('pack.json', response, watch, options.signal)) {
        byteLength += bytes.byteLength
        if (byteLength > MOST_MANIFEST_BYTES) {
          throw new SourceFailure(`pack.json: longer than ${MOST_MANIFEST_BYTES} bytes`, 'lasting')
        }
        parts.push(bytes)
      }
      return new Uint8Array(await new Blob(parts).arrayBuffer())
    },
  }
}

/** Throws SourceFailure where an answer holds no bytes of the file. */
function refuseUnusable(path: string, response: Response): void {
  const { status, headers, type } = response
  const fail = (message: string, kind: SourceFailure['kind']) => new SourceFailure(`${path}: ${message}`, kind)
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw new SentOn(`${path}: the server sends on to another address`)
  }
  if (status === 416) throw fail('the server has fewer bytes than pack.json says', 'damage')
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    throw fail(`the server answered ${status}`, 'passing')
  }
  if (status !== 200 && status !== 206) throw fail(`the server answered ${status}`, 'lasting')
  // A fallback page, or the sign-in page of a network.
  if (headers.get('content-type')?.startsWith('text/html')) throw fail('the server answered with a web page', 'lasting')
  const encoding = headers.get('content-encoding') ?? 'identity'
  // Ranges of a packed file are no ranges of the file.
  if (encoding !== 'identity' && path !== 'pack.json') throw fail(`the server packs it with ${encoding}`, 'lasting')
}

async function* readBody(
  path: string,
  response: Response,
  watch: Watch,
  cancelled: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const reader = response.body?.getReader()
  try {
    for (;;) {
      const next = await watch.orStall(reader?.read() ?? Promise.resolve({ done: true as const, value: undefined }))
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    throw asFailure(path, error, cancelled)
  } finally {
    watch.end()
    reader?.cancel().catch(() => undefined)
  }
}

interface Watch {
  /** Aborted by a cancel, and by `end`. */
  readonly signal: AbortSignal
  /** What `promise` gives, or SourceFailure where it takes too long. */
  orStall<T>(promise: Promise<T>): Promise<T>
  end(): void
}

function watchFor({ signal, stallMs, setAlarm }: DownloadOptions): Watch {
  const controller = new AbortController()
  const cancel = () => controller.abort(signal.reason)
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    async orStall(promise) {
      let stopAlarm = () => {}
      const stall = new Promise<never>((_, reject) => {
        const ring = () => reject(new SourceFailure(`no byte came for ${stallMs / 1000} s`, 'passing'))
        stopAlarm = setAlarm(stallMs, ring)
      })
      promise.catch(() => undefined)
      try {
        return await Promise.race([promise, stall])
      } finally {
        stopAlarm()
      }
    },
    end() {
      signal.removeEventListener('abort', cancel)
      controller.abort()
    },
  }
}

/** What a request failed with: the cancel's reason where it was cancelled, else SourceFailure. */
function asFailure(path: string, error: unknown, cancelled: AbortSignal): unknown {
  if (cancelled.aborted) return cancelled.reason
  if (error instanceof SourceFailure) return error
  return new SourceFailure(`${path}: ${error instanceof Error ? error.message : error}`, 'passing')
}
