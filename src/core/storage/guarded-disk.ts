// A record disk that keeps some records twice, each copy with a checksum: where one is not as it was written, the other is read.

import { crc32 } from '../formats/crc32.ts'
import type { RecordDisk } from './record-disk.ts'
import { StorageError } from './storage-error.ts'

/** Only of records that are plain data: a checksum is taken over their JSON. */
export interface GuardedDisk extends RecordDisk {
  /**
   * Writes anew those of these records of which a copy is not as it was written, or has no checksum yet; where neither is whole
   * both are left as they are. Only where nobody else writes. Rejects as `commit` does.
   */
  renew(keys: readonly string[]): Promise<void>
}

const SPARES = 'spare/'

/** What a record has beside its own fields. Apps of before wrote none, and know none. */
interface Sealed {
  readonly crc32?: number
}

/**
 * Whoever reads sees neither checksums nor second copies. Records without one are taken as they are: an app of before wrote them.
 * @param isGuarded by its key; none may begin with "spare/"
 */
export function createGuardedDisk(disk: RecordDisk, isGuarded: (key: string) => boolean): GuardedDisk {
  async function getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    const values = await disk.getMany(keys)
    const damaged = keys.filter((key, i) => isGuarded(key) && isDamaged(values[i]))
    const found = damaged.length === 0 ? [] : await disk.getMany(damaged.map(spareOf))
    const spares = new Map(damaged.map((key, i) => [key, found[i]]))
    return keys.map((key, i) => {
      if (!isGuarded(key)) return values[i]
      const spare = spares.get(key)
      return unseal(isWhole(spare) ? spare : values[i])
    })
  }

  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    keys: async (prefix) => (await disk.keys(prefix)).filter((key) => !key.startsWith(SPARES)),
    async commit({ put = [], delete: gone = [] }, durability) {
      const sealed = put.map(([key, value]) => [key, isGuarded(key) ? seal(value) : value] as const)
      const guarded = sealed.filter(([key]) => isGuarded(key))
      const spares = guarded.map(([key, value]) => [spareOf(key), value] as const)
      const goneToo = [...gone, ...gone.filter(isGuarded).map(spareOf)]
      try {
        await disk.commit({ put: [...sealed, ...spares], delete: goneToo }, durability)
      } catch (error) {
        if (!(error instanceof StorageError && error.code === 'storage-full') || spares.length === 0) throw error
        // What makes room must not fail for want of it: as apps of before did it, until `renew` finds some.
        await disk.commit({ put, delete: [...goneToo, ...spares.map(([key]) => key)] }, durability)
      }
    },
    async renew(keys) {
      const guarded = keys.filter(isGuarded)
      const values = await disk.getMany([...guarded, ...guarded.map(spareOf)])
      const put = guarded.flatMap((key, i) => {
        const [value, spare] = [values[i], values[guarded.length + i]]
        if (isWhole(value) && isWhole(spare) && value.crc32 === spare.crc32) return []
        const best = isWhole(spare) && isDamaged(value) ? spare : value
        if (best === undefined || isDamaged(best)) return []
        const sealed = seal(unseal(best))
        return [[key, sealed] as const, [spareOf(key), sealed] as const]
      })
      if (put.length > 0) await disk.commit({ put }, 'strict')
    },
  }
}

function spareOf(key: string): string {
  return `${SPARES}${key}`
}

function isWhole(value: unknown): value is Sealed & { readonly crc32: number } {
  return isSealed(value) && value.crc32 === checksumOf(unseal(value))
}

function isDamaged(value: unknown): boolean {
  return isSealed(value) && !isWhole(value)
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'crc32' in value
}

function seal(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...value, crc32: checksumOf(value) } : value
}

function unseal(value: unknown): unknown {
  if (!isSealed(value)) return value
  const { crc32: _, ...record } = value
  return record
}

function checksumOf(value: unknown): number {
  return crc32(new TextEncoder().encode(JSON.stringify(value)))
}
