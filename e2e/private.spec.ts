// What a person types, names and drops is in no byte that the page sends to its own server, however it might be spelt.

import { connect, createServer, type Server, type Socket } from 'node:net'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import sharp from 'sharp'
import { pickPictures } from './my-pictures.ts'
import { openSite } from './offline-site.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const WORDS = 'a quokka wearing zinc galoshes'
const FILE_NAME = 'grandmother-at-ullapool.png'
const STYLE_NAME = 'Kittiwake Ledger'
const CONTROL = 'said-to-the-server-on-purpose'
const PACKED = 'handed-over-in-a-parcel'

test('words, names and pictures are in nothing that is asked of the server', async ({ browser }) => {
  const site = await openSite()
  const tap = await tapServer(Number(new URL(site.origin).port))
  const context = await browser.newContext({ serviceWorkers: 'allow', baseURL: tap.origin })
  try {
    const page = await context.newPage()
    await openPage(page)
    await openSettings(page)
    await setNumber(page, 'Steps', 2)
    const picture = await noise()
    await pickPictures(page, [{ name: FILE_NAME, mimeType: 'image/png', buffer: picture }])
    await expect(page.getByText('Ready: 1 picture.')).toBeVisible({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Your styles' }).click()
    await page.getByRole('button', { name: 'Look into My pictures' }).click()
    await page.getByRole('button', { name: 'About this style' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(STYLE_NAME)
    await page.getByRole('button', { name: 'Rename' }).click()
    await expect(page.getByText(STYLE_NAME).first()).toBeVisible()
    await page.getByRole('dialog').getByLabel('Close').click()
    await generate(page, WORDS)
    // A second visit asks with what the first one kept.
    await page.reload()
    await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(WORDS)
    await page.evaluate((control) => fetch(`nothing?${control}`).catch(() => null), CONTROL)
    await page.evaluate(async (control) => {
      for (const format of ['gzip', 'deflate', 'deflate-raw'] as const) {
        const words = new Blob([
          format === 'deflate-raw' ? control : `${'all that is packed '.repeat(9)}${format} ${control}`,
        ])
        const body = await new Response(words.stream().pipeThrough(new CompressionStream(format))).blob()
        await fetch('nothing', { method: 'POST', body }).catch(() => null)
      }
    }, PACKED)

    const bytes = tap.sent()
    expect(bytes.byteLength).toBeGreaterThan(1000)
    const sent = `${bytes.toString('latin1')} ${unpackAll(bytes).join(' ')}`.toLowerCase()
    expect(spellings(Buffer.from(CONTROL)).filter((spelling) => sent.includes(spelling))).not.toEqual([])
    for (const format of ['gzip', 'deflate']) expect(sent).toContain(`${format} ${PACKED}`)
    expect(sent).toContain(deflated(Buffer.from(PACKED)))
    const secrets = {
      words: Buffer.from(WORDS),
      'file name': Buffer.from(FILE_NAME),
      'style name': Buffer.from(STYLE_NAME),
      // The pixels, after the header that any PNG of that size has.
      picture: picture.subarray(64, 96),
    }
    for (const [what, secret] of Object.entries(secrets)) {
      expect(
        spellings(secret).filter((spelling) => sent.includes(spelling)),
        what,
      ).toEqual([])
    }
  } finally {
    await context.close()
    await tap.close()
    await site.remove()
  }
})

/** No other picture has its bytes. */
function noise(): Promise<Buffer> {
  const side = 48
  const data = Buffer.alloc(3 * side * side, 0).map((_, i) => Math.imul(i + 1, 2654435761) >>> 24)
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer()
}

/** As it is, in capitals or not, in a URL, in hexadecimal digits, packed, and in Base64 wherever in a longer text it lies. */
function spellings(secret: Buffer): readonly string[] {
  const raw = secret.toString('latin1')
  const base64 = [0, 1, 2].flatMap((skipped) => {
    const whole = secret.subarray(skipped, skipped + 3 * Math.floor((secret.length - skipped) / 3)).toString('base64')
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const inUrl = [...secret].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const text = /^[ -~]+$/.test(raw) ? [encodeURIComponent(raw), raw.replaceAll(' ', '+')] : []
  const spelt = [raw, ...text, ...base64, secret.toString('hex'), inUrl].map((spelling) => spelling.toLowerCase())
  return [...spelt, deflated(secret)]
}

/** Packed alone, as gzip and zlib have it too, each within a frame of its own. */
function deflated(secret: Buffer): string {
  return deflateRawSync(secret).toString('latin1').toLowerCase()
}

/** What lies in the bytes packed with gzip or zlib, in whatever longer text. */
function unpackAll(bytes: Buffer): readonly string[] {
  const found: string[] = []
  for (let at = 0; at + 4 < bytes.length; at++) {
    // RFC 1952: deflate without a name or other extras, after ten bytes.
    const isGzip = bytes.readUInt32BE(at) === 0x1f8b0800
    // RFC 1950: deflate with a window of 32 KiB, after two bytes that are a multiple of 31.
    const isZlib = bytes[at] === 0x78 && bytes.readUInt16BE(at) % 31 === 0
    if (!isGzip && !isZlib) continue
    try {
      const packed = bytes.subarray(at + (isGzip ? 10 : 2))
      found.push(inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'))
    } catch {
      // Bytes that begin like a packed text and are none.
    }
  }
  return found
}

interface Tap {
  readonly origin: string
  /** All bytes that came from the browser. */
  sent(): Buffer
  close(): Promise<void>
}

/** Listens for the server at that port, and passes on whatever is said. */
async function tapServer(port: number): Promise<Tap> {
  const pieces: Buffer[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((browser) => {
    const behind = connect(port, '127.0.0.1')
    for (const socket of [browser, behind]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    browser.on('data', (piece) => pieces.push(Buffer.from(piece)))
    browser.pipe(behind).pipe(browser)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to listen on')
  return {
    origin: `http://localhost:${address.port}`,
    sent: () => Buffer.concat(pieces),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
