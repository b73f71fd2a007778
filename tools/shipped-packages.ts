// Which packages of others are in a build, under which licences: a CycloneDX list and the licences' own words.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ShippedPackage {
  /** Where it lies, as package-lock.json names it. */
  readonly key: string
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly licence: string
  /** Subresource integrity of the archive that npm installs. */
  readonly integrity: string
}

/** What package-lock.json says of each installed package. */
export interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly name?: string
        readonly version?: string
        readonly license?: string
        readonly integrity?: string
        readonly dependencies?: Readonly<Record<string, string>>
      }
    >
  >
}

/** Licences that allow the app to be given away with their words beside it. */
const LICENCES: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'Apache-2.0',
  'BSD-3-Clause',
  'OFL-1.1',
  '(Apache-2.0 AND BSD-3-Clause)',
])

const MOST_DIRECT = 15
const MOST_SHIPPED = 60

/** A package that must not ship, or a list that is longer than a person can look at. */
export class UnfitPackage extends Error {
  override readonly name = 'UnfitPackage'
}

/** The package that a module's path lies in, as package-lock.json names it; null for the app's own. */
export function packageOf(moduleId: string): string | null {
  const [path = ''] = moduleId.replace(/^\0/, '').split('?')
  const at = path.lastIndexOf('node_modules/')
  if (at < 0) return null
  const first = path.indexOf('node_modules/')
  const inside = path.slice(at + 'node_modules/'.length).split('/')
  const depth = inside[0]?.startsWith('@') ? 2 : 1
  // Vite keeps what it made of packages in folders of its own.
  if (inside[0]?.startsWith('.')) return null
  return path.slice(first, at + 'node_modules/'.length) + inside.slice(0, depth).join('/')
}

/**
 * Describes what ships: what was bundled, and the dependencies that package.json names. In the order of their names.
 * Throws UnfitPackage for an unknown licence, a package without integrity, and too many of them.
 */
export function describeShipped(lock: Lockfile, bundled: Iterable<string>): readonly ShippedPackage[] {
  const direct = Object.keys(lock.packages['']?.dependencies ?? {})
  if (direct.length > MOST_DIRECT) throw new UnfitPackage(`${direct.length} dependencies, more than ${MOST_DIRECT}`)
  const keys = new Set([...direct.map((name) => `node_modules/${name}`), ...bundled])
  const shipped = Array.from(keys, (key) => describePackage(lock, key))
  if (shipped.length > MOST_SHIPPED)
    throw new UnfitPackage(`${shipped.length} packages ship, more than ${MOST_SHIPPED}`)
  return shipped.toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

function describePackage(lock: Lockfile, key: string): ShippedPackage {
  const { name, version, license: licence, integrity } = lock.packages[key] ?? {}
  if (version === undefined || integrity === undefined) throw new UnfitPackage(`${key}: not in package-lock.json`)
  if (licence === undefined || !LICENCES.has(licence)) throw new UnfitPackage(`${key}: licence ${licence}`)
  const folder = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return { key, name: name ?? folder, version, licence, integrity }
}

/** Dependencies of package.json whose version is a range, or a tag. */
export function findLoosePins(dependencies: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(dependencies)
    .filter(([, version]) => !/^(npm:[@\w./-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
    .map(([name, version]) => `${name}: ${version}`)
}

/** The list in CycloneDX 1.5, without a time: the same packages give the same bytes. */
export function writeSbom(shipped: readonly ShippedPackage[]): string {
  const components = shipped.map(({ name, version, licence, integrity }) => ({
    type: 'library',
    'bom-ref': `pkg:npm/${name.replace('@', '%40')}@${version}`,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [/[ (]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
    hashes: hashesOf(integrity),
  }))
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components }, null, 1)}\n`
}

function hashesOf(integrity: string) {
  return integrity.split(' ').flatMap((part) => {
    const [algorithm = '', digest = ''] = part.split(/-(.*)/s)
    const alg = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' }[algorithm]
    return alg === undefined ? [] : [{ alg, content: Buffer.from(digest, 'base64').toString('hex') }]
  })
}

/** The licences' words, package after package. @param root the folder that node_modules lies in */
export function writeLicences(root: string, shipped: readonly ShippedPackage[]): string {
  const parts = shipped.map(({ key, name, version, licence }) => {
    const files = readdirSync(join(root, key)).filter((file) => /^(licen[cs]e|notice)/i.test(file))
    const words = files.toSorted().map((file) => readFileSync(join(root, key, file), 'utf8').trim())
    return [`${name} ${version} (${licence})`, ...words].join('\n\n')
  })
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
