// A real Chromium whose profile lies on a disk that is full: an import says so, and all that it acknowledged is there once there is room.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillStyle, lookAt } from './kill-scenarios.ts'
import { createKilledBrowser } from './killed-browser.ts'
import { startSourceServer } from './source-server.ts'
import { expect, test } from './test.ts'

const DISK_BYTES = 192 * 1024 * 1024
const LEFT_BYTES = 512 * 1024

/** A small disk of its own; null where this machine does not let one be mounted. */
function mountDisk(): { readonly folder: string; unmount(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    return null
  }
  return {
    folder,
    unmount() {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('an import onto a full disk is told so, and all that it acknowledged is there when there is room again', async () => {
  const disk = mountDisk()
  test.skip(disk === null, 'no disk can be mounted here')
  if (disk === null) return
  const server = await startSourceServer('.vite-full-disk')
  const profile = join(disk.folder, 'profile')
  mkdirSync(profile)
  const browser = createKilledBrowser(server, profile)
  try {
    const page = await browser.open()
    const { bavail, bsize } = statfsSync(disk.folder)
    const ballast = join(disk.folder, 'ballast')
    writeFileSync(ballast, new Uint8Array(bavail * bsize - LEFT_BYTES))
    const { acknowledged, code } = await fillStyle(page)
    expect(['storage-full', 'storage-failed']).toContain(code)
    expect(acknowledged).toBeLessThan(320)

    rmSync(ballast)
    await browser.kill()
    const again = await browser.open()
    const before = await lookAt(again)
    expect(before.faults).toEqual([])
    expect(before.styles.full?.length ?? 0).toBeGreaterThanOrEqual(acknowledged)
    expect(await fillStyle(again)).toEqual({ acknowledged: 320, code: null })
    const after = await lookAt(again)
    expect(after.faults).toEqual([])
    expect(after.styles.full).toHaveLength(320)
  } finally {
    await browser.remove()
    await server.close()
    disk.unmount()
  }
})
