// Installed models of strangers in a real Chromium: what they hold is read in the parse worker, and refused in words where it is hostile.

import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { encodeModel } from '../src/core/onnx/onnx-proto.ts'
import type { PackManifest } from '../src/core/pack/manifest.ts'
import { makeMicroPack } from '../tools/micro-pack.ts'
import { closeModels, install, LONG, onDevice, openModels } from './models-page.ts'
import { servePack } from './pack-server.ts'
import { generate, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

type Pack = ReadonlyMap<string, Uint8Array>

let pack: Pack
let manifest: PackManifest

test.beforeAll(async () => {
  pack = await makeMicroPack()
  manifest = JSON.parse(new TextDecoder().decode(pack.get('pack.json')))
})

/** With other files, of which pack.json says what is true, and with other things in pack.json. */
function changed(files: Readonly<Record<string, Uint8Array>>, change: Partial<PackManifest> = {}): Pack {
  const listed = Object.entries(files).map(([path, bytes]) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return [path, { byteLength: bytes.byteLength, sha256 }] as const
  })
  const said = { ...manifest, ...change, files: { ...manifest.files, ...Object.fromEntries(listed) } }
  return new Map([...pack, ...Object.entries(files), ['pack.json', new TextEncoder().encode(JSON.stringify(said))]])
}

async function offer(page: Page, files: Pack): Promise<() => Promise<void>> {
  const server = await servePack(files)
  await page.goto('/?backend=wasm')
  await openModels(page)
  await install(page, server.url)
  return server.close
}

const NOT_WHAT_IT_SAYS = 'What came is not what the model says of itself.'

/** The page says these words, and in its details those. */
async function expectTrouble(page: Page, words: string, details: string): Promise<void> {
  const trouble = page.locator('.trouble').filter({ hasText: words })
  await expect(trouble).toBeVisible(LONG)
  await trouble.getByText('Details').click()
  await expect(trouble).toContainText(details)
}

test('a model whose second style is no style lists both, paints with the first, and says what is wrong with the second', async ({
  page,
}) => {
  const [first, second] = manifest.databases
  if (first === undefined || second === undefined) throw new Error('the micro pack has two styles')
  const whole = pack.get(second.file) ?? new Uint8Array()
  let parsers = 0
  page.context().on('request', (request) => {
    if (/\/parse\.worker-[^/]*\.js$/.test(request.url())) parsers++
  })
  const close = await offer(page, changed({ [second.file]: whole.slice(0, -40) }))
  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expect(onDevice(page).nth(1)).toContainText('In use', LONG)
  await closeModels(page)
  await close()

  const styles = page.getByRole('radiogroup', { name: 'Style' })
  await expect(styles.locator('img[src^="blob:"]')).toHaveCount(2)
  await styles.getByText(first.name, { exact: true }).click()
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a red house by the sea')
  await expect(
    page
      .getByRole('list', { name: /neighbours/i })
      .locator('img')
      .first(),
  ).toBeVisible()

  await styles.getByText(second.name, { exact: true }).click()
  await page.getByRole('button', { name: 'Generate' }).click()
  await expectTrouble(page, 'The pictures of this style are damaged.', 'zip: ')
  await styles.getByText(first.name, { exact: true }).click()
  await generate(page)
  // One each for the page and for the workers that install it, paint with it, and read pictures with it.
  expect(parsers).toBe(4)
})

test('a model with a graph that could reach elsewhere is not opened, and it is said why', async ({ page }) => {
  const graph = encodeModel({
    name: 'denoiser',
    initializers: [],
    inputs: [],
    outputs: [],
    nodes: [{ name: 'a', opType: 'Reach', domain: 'elsewhere', inputs: [], outputs: [], attributes: {} }],
  })
  const close = await offer(page, changed({ 'graphs/denoiser.portable.fp32.onnx': graph }))
  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expectTrouble(page, NOT_WHAT_IT_SAYS, 'onnx: Reach is of the domain "elsewhere"')
  await close()
})

test('a model whose pack.json asks for what nobody can make is not installed, and it is said why', async ({ page }) => {
  const { diffusion } = manifest
  const schedule = { ...diffusion.schedule, timesteps: 1_000_000_000 }
  const close = await offer(page, changed({}, { diffusion: { ...diffusion, schedule } }))
  await expectTrouble(page, NOT_WHAT_IT_SAYS, 'pack.json: diffusion.schedule.timesteps')
  await expect(onDevice(page)).toHaveCount(1)
  await close()
})
