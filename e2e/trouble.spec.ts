// What a person reads when something is wrong: each fault made for real, each told in a sentence.

import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bytesSource } from '../src/core/formats/byte-source.ts'
import { openStyleDatabase, writeStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { halfToFloatArray } from '../src/core/tensor/half.ts'
import { sha256 } from '../tools/pack-folder.ts'
import { generate, openPage } from './page.ts'
import { expect, test } from './test.ts'

const BUILT_IN = resolve(import.meta.dirname, '../public/packs/kindred-mini')

test('a prompt that is too long is cut, and the page says what was left out', async ({ page }) => {
  await openPage(page)
  await generate(page, `a red house by the sea ${'and a green tree '.repeat(20)}and a purple lighthouse`)
  const notice = page.getByText(/too long to read to the end\. Left out: “/i)
  await expect(notice).toBeVisible()
  expect(/“(.*)”/.exec((await notice.textContent()) ?? '')?.[1]?.length).toBeLessThanOrEqual(82)
})

test('a missing part of the runtime is told as what it is, with a reload as the way on', async ({ page, context }) => {
  await context.route('**/*.wasm*', (route) => route.fulfill({ status: 404 }))
  await page.goto('/?backend=wasm')
  await expect(page.getByRole('alert').first()).toContainText('A part of the app could not be fetched', {
    timeout: 60_000,
  })
  await context.unroute('**/*.wasm*')
  await page.getByRole('button', { name: 'Load again' }).click()
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
})

test('a missing pack file is named, and trying again works once it is back', async ({ page, context }) => {
  await context.route('**/weights/denoiser*', (route) => route.fulfill({ status: 404 }))
  await page.goto('/?backend=wasm')
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText('A part of the model could not be fetched.', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Details' }).click()
  await expect(page.getByText(/weights\/denoiser/)).toBeVisible()
  await context.unroute('**/weights/denoiser*')
  await page.getByRole('button', { name: /try again/i }).click()
  await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 60_000 })
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
})

for (const [kind, damage] of [
  ['a truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ['an altered', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)))],
] as const) {
  test(`${kind} pack file is not run: the page says that it is damaged`, async ({ page, context }) => {
    await context.route('**/weights/decoder*', async (route) => {
      const response = await route.fetch()
      await route.fulfill({
        response,
        body: damage(await response.body()),
        headers: { ...response.headers(), 'content-length': '' },
      })
    })
    await page.goto('/?backend=wasm')
    await expect(page.getByRole('alert').first()).toContainText(/damaged|does not match|incomplete/i, {
      timeout: 60_000,
    })
  })
}

test('a style made with another CLIP says so when it is chosen, and the others and the gallery still work', async ({
  page,
  context,
}) => {
  const { name, files } = await packWithForeignStyle()
  await context.route('**/packs/kindred-mini/**', async (route) => {
    const bytes = files.get(new URL(route.request().url()).pathname.split('/packs/kindred-mini/')[1] ?? '')
    if (bytes === undefined) return route.continue()
    return route.fulfill({ body: Buffer.from(bytes), contentType: 'application/octet-stream' })
  })
  await openPage(page)
  const chosen = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { checked: true })
  const first = (await chosen.getAttribute('aria-label')) ?? ''
  await generate(page, 'a red house by the sea')
  await page.getByRole('radio', { name, exact: true }).click({ force: true })
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('alert').first()).toContainText(/made for another model/i)
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a red house by the sea')
  await page.getByRole('button', { name: 'Choose another style' }).click()
  await page.getByRole('radio', { name: first, exact: true }).click({ force: true })
  await generate(page)
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(2)
})

test('a model that ends the page while it opens is not opened a third time, until it is asked for', async ({
  context,
}) => {
  test.slow()
  let held = true
  await context.route('**/weights/denoiser*', async (route) => {
    // The page is still opening the model when it crashes.
    if (held) return
    return route.continue()
  })
  for (let crash = 0; crash < 2; crash++) {
    const page = await context.newPage()
    await page.goto('/?backend=wasm')
    await expect(page.getByText(/Opening the model, /).first()).toBeVisible({ timeout: 60_000 })
    const crashed = page.waitForEvent('crash')
    const session = await context.newCDPSession(page)
    session.send('Page.crash').catch(() => undefined)
    await crashed
    await page.close()
  }
  held = false
  const page = await context.newPage()
  await page.goto('/')
  await expect(page.getByRole('alert').first()).toContainText(/stopped twice while the model was opening/i)
  await page.getByRole('button', { name: /try again/i }).click()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
})

test('a worker that dies is said so, the gallery is kept, and the next picture is made by a new one', async ({
  page,
}) => {
  await openPage(page)
  await generate(page, 'a red house by the sea')
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed by the test')
    })
  })
  await expect(page.getByRole('alert').first()).toContainText('The part that paints stopped without saying why.', {
    timeout: 30_000,
  })
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
  await generate(page, 'a red house by the sea')
})

/** The built-in pack's files that change when its last style is made with another CLIP. */
async function packWithForeignStyle(): Promise<{ name: string; files: ReadonlyMap<string, Uint8Array> }> {
  const manifest = JSON.parse(await readFile(join(BUILT_IN, 'pack.json'), 'utf8'))
  const { file, name } = manifest.databases.at(-1)
  const { description, embeddings, thumbnails } = await openStyleDatabase(
    bytesSource(new Uint8Array(await readFile(join(BUILT_IN, file)))),
  )
  const { clip, items } = description
  const rows = items.map((_, row) => halfToFloatArray(embeddings.subarray(row * clip.dim, (row + 1) * clip.dim)))
  const bytes = await writeStyleDatabase({
    description: { ...description, clip: { ...clip, id: 'f'.repeat(64) } },
    embeddings: rows,
    thumbnails: await thumbnails([...items.keys()]),
  })
  manifest.files[file] = { byteLength: bytes.byteLength, sha256: await sha256(bytes) }
  return {
    name,
    files: new Map([
      [file, bytes],
      ['pack.json', new TextEncoder().encode(JSON.stringify(manifest))],
    ]),
  }
}

test('a model of whose opening nothing comes for five minutes is asked about, and begun anew in another worker', async ({
  page,
  context,
}) => {
  let asked = 0
  await context.route('**/weights/denoiser*', async (route) => {
    // The first one is never answered.
    if (++asked > 1) await route.continue()
  })
  await page.clock.install()
  await page.goto('/?backend=wasm')
  await expect.poll(() => asked, { timeout: 60_000 }).toBe(1)
  const notice = page.getByText('Nothing has come of opening the model for minutes.')
  await expect(notice).toBeHidden()
  // Longer than five minutes: of what was slow before, more patience is had.
  await page.clock.fastForward('15:00')
  await expect(notice).toBeVisible()
  await page.getByRole('button', { name: 'Start it anew' }).click()
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
  await expect(notice).toBeHidden()
  expect(asked).toBeGreaterThan(1)
})
