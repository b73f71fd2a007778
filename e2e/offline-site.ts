// A site for the offline tests to deploy to, break and switch off: a folder with a copy of the build, and its own server.

import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { writeServiceWorker } from '../tools/service-worker-file.ts'
import { type HeadersOf, serveFolder } from '../tools/static-server.ts'

const ROOT = resolve(import.meta.dirname, '..')
const BUILT = join(ROOT, 'dist')
const run = promisify(execFile)

export interface Site {
  readonly folder: string
  readonly origin: string
  /** Ends the server and every connection to it. */
  stop(): Promise<void>
  remove(): Promise<void>
}

/** Deploys the build that is in dist/. @param headersOf the app's own unless given */
export async function openSite(headersOf?: HeadersOf): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-site-'))
  cpSync(BUILT, folder, { recursive: true })
  const server = await serveFolder(folder, 0, headersOf)
  const site = {
    folder,
    origin: `http://localhost:${server.port}`,
    stop: () => server.close(),
    async remove() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return site
}

/** The build that the site has now. */
export function buildOf({ folder }: Site): string {
  const id = /name="build" content="([0-9a-f]{16})"/.exec(readFileSync(join(folder, 'index.html'), 'utf8'))?.[1]
  if (id === undefined) throw new Error('the page names no build')
  return id
}

/**
 * Deploys a newer build in place of the one that is there: what holds the build's name changes, and is called otherwise.
 * @returns its name
 */
export async function deployNext(site: Site): Promise<string> {
  const before = buildOf(site)
  const after = `${before.slice(1)}${before[0]}`
  const assets = join(site.folder, 'assets')
  const scripts = readdirSync(assets).filter((name) => /\.js$/.test(name))
  const changed = scripts.filter((name) => readFileSync(join(assets, name), 'utf8').includes(before))
  const rename = (text: string) =>
    changed.reduce((all, name) => all.replaceAll(name, nextName(name)), text).replaceAll(before, after)
  for (const path of ['index.html', ...scripts.map((name) => `assets/${name}`)]) {
    const full = join(site.folder, path)
    writeFileSync(full, rename(readFileSync(full, 'utf8')))
  }
  for (const name of changed) renameSync(join(assets, name), join(assets, nextName(name)))
  await writeServiceWorker({ folder: site.folder, buildId: after, retired: false })
  return after
}

function nextName(name: string): string {
  return name.replace(/\.js$/, '-next.js')
}

/** Builds the app withdrawn, as SECURITY.md says, and deploys that in place of all that is there. */
export async function deployRetired(site: Site): Promise<void> {
  const built = mkdtempSync(join(tmpdir(), 'kindred-retired-'))
  const env = { ...process.env, KINDRED_RETIRED: '1' }
  await run('npx', ['vite', 'build', '--logLevel', 'error', '--outDir', built, '--emptyOutDir'], { cwd: ROOT, env })
  for (const name of readdirSync(site.folder)) rmSync(join(site.folder, name), { recursive: true })
  cpSync(built, site.folder, { recursive: true })
  rmSync(built, { recursive: true })
}
