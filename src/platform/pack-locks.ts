// Keeps tabs out of each other's way among installed packs: by Web Locks, which end with their tab, even with one that crashes.

export interface PackLocks {
  /** Runs `task` when no other tab makes room for a pack or sweeps. */
  alone<T>(task: () => Promise<T>): Promise<T>
  /** Runs `task` when no other tab works at this pack; rejects with the signal's reason where it is aborted while waiting. */
  hold<T>(id: string, signal: AbortSignal, task: () => Promise<T>): Promise<T>
  /** The packs that are being worked at now, in any tab. */
  busy(): Promise<ReadonlySet<string>>
}

const ROOM = 'kindred-packs'
const PREFIX = 'kindred-pack '

export function createPackLocks(locks: Pick<LockManager, 'request' | 'query'>): PackLocks {
  return {
    alone: async (task) => locks.request(ROOM, task),
    hold: async (id, signal, task) => locks.request(PREFIX + id, { signal }, task),
    busy: async () => {
      const { held = [] } = await locks.query()
      const names = held.map(({ name }) => name ?? '').filter((name) => name.startsWith(PREFIX))
      return new Set(names.map((name) => name.slice(PREFIX.length)))
    },
  }
}
