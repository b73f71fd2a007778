// A browser that is killed while it installs a pack from another server, and opened again.

import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { CHUNK_BYTES } from '../src/core/pack/manifest.ts'
import type { InstallJobs, StoredModel } from '../src/protocol/install-jobs.ts'
import { FOUR_CHUNKS, makeSmallPack } from '../tests/core/pack/small-pack.ts'
import type * as KillInstallPage from './kill-install-page.ts'
import type { KilledBrowser } from './killed-browser.ts'
import { servePack } from './pack-server.ts'

/** Milliseconds after the first byte within which the kill falls: about what the install takes. */
const WITHIN = 1500

type Calls = typeof KillInstallPage

export interface KilledInstall {
  /** Bytes that the install had told as there when the browser was killed. */
  readonly acknowledged: number
  /** Empty where it survived. */
  readonly faults: readonly string[]
}

/** Installs a pack of 25 MB on a fresh profile, kills the browser in its middle, opens it again and goes on. @param random 0..1 */
export async function killInstall(browser: KilledBrowser, random: () => number): Promise<KilledInstall> {
  const pack = makeSmallPack({ 'weights/denoiser.safetensors': FOUR_CHUNKS })
  const server = await servePack(pack.files)
  const url = { kind: 'url', url: server.url } as const
  try {
    const page = await browser.open()
    let acknowledged = 0
    await page.exposeFunction('tell', (verifiedBytes: number) => {
      acknowledged = verifiedBytes
    })
    let ended = false
    const running = run(page, 'install-model', url)
      .catch(() => undefined)
      .finally(() => {
        ended = true
      })
    while (server.sent === 0 && !ended) await wait(1)
    await Promise.race([wait(random() * WITHIN), running])
    const known = acknowledged
    await browser.kill()
    await running

    const again = await browser.open()
    await again.exposeFunction('tell', () => {})
    const [found, ...more] = (await run(again, 'list-models', null)).models
    const faults = [...(more.length > 0 ? ['it is listed twice'] : []), ...judge(found, known)]
    if (found?.state !== 'installed') {
      await run(again, 'install-model', found === undefined ? url : { kind: 'resume', id: found.id })
    }
    const most = pack.byteLength + CHUNK_BYTES
    if (server.sent > most) faults.push(`${server.sent} bytes were asked for, of ${pack.byteLength}`)
    const { isWhole } = await run(again, 'check-model', { id: pack.id })
    if (!isWhole) faults.push('a byte of it is wrong')
    await run(again, 'remove-model', { id: pack.id })
    const left = await listFolder(again)
    if (left.length > 0) faults.push(`${left} are left when it is removed`)
    return { acknowledged: known, faults }
  } finally {
    await server.close()
  }
}

/** What is wrong with how it is listed after the kill, a sentence each. */
function judge(found: StoredModel | undefined, acknowledged: number): readonly string[] {
  const there = found?.verifiedBytes ?? 0
  return [
    ...(there < acknowledged ? [`${acknowledged} bytes were acknowledged, ${there} are there`] : []),
    ...(found === undefined || found.state === 'installed' || found.state === 'unfinished'
      ? []
      : [`it is ${found.state}`]),
    ...(found?.state === 'installed' && there < found.byteLength
      ? ['it is listed as installed, and is not whole']
      : []),
  ]
}

/** Runs a job of the install worker; what it verifies it tells the page's `tell`. */
function run<Name extends keyof InstallJobs>(
  page: Page,
  name: Name,
  input: InstallJobs[Name]['input'],
): Promise<InstallJobs[Name]['output']> {
  return page.evaluate(
    async ({ name, input }) => {
      const { runJob } = (await import(`${location.origin}/e2e/kill-install-page.ts`)) as Calls
      return runJob(name, input, (window as unknown as { tell: (verifiedBytes: number) => void }).tell)
    },
    { name, input },
  ) as Promise<InstallJobs[Name]['output']>
}

function listFolder(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { listFolder } = (await import(`${location.origin}/e2e/kill-install-page.ts`)) as Calls
    return listFolder()
  })
}
