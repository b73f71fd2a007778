// The part of the browser's lock manager that the app uses, for Node: exclusive locks, and tabs that can be closed.

type Locks = Pick<LockManager, 'request' | 'query'>

export interface TestLockManager extends Locks {
  /** The same locks as another tab sees them. */
  tab(name: string): Locks
  /** Lets go of all that a tab holds. */
  close(name: string): void
}

interface Held {
  readonly name: string
  readonly tab: string
  readonly release: () => void
}

export function createLockManager(): TestLockManager {
  const held = new Set<Held>()
  const queues = new Map<string, (() => void)[]>()

  function release(lock: Held): void {
    if (held.delete(lock)) queues.get(lock.name)?.shift()?.()
  }

  async function request(tab: string, name: string, ifAvailable: boolean, callback: (lock: Lock | null) => unknown) {
    const isTaken = () => [...held].some((lock) => lock.name === name)
    if (isTaken() && ifAvailable) return callback(null)
    while (isTaken()) {
      await new Promise<void>((resolve) => {
        queues.set(name, [...(queues.get(name) ?? []), resolve])
      })
    }
    const lock: Held = { name, tab, release: () => release(lock) }
    held.add(lock)
    try {
      return await callback({ name, mode: 'exclusive' })
    } finally {
      lock.release()
    }
  }

  const locksOf = (tab: string): Locks => ({
    request: ((
      name: string,
      options: LockOptions | LockGrantedCallback<unknown>,
      callback?: LockGrantedCallback<unknown>,
    ) =>
      typeof options === 'function'
        ? request(tab, name, false, options)
        : request(tab, name, options.ifAvailable === true, callback ?? (() => undefined))) as LockManager['request'],
    query: async () => ({
      held: [...held].map(({ name }) => ({ name, mode: 'exclusive' as const, clientId: '' })),
      pending: [],
    }),
  })

  return {
    ...locksOf('main'),
    tab: locksOf,
    close: (tab) => {
      for (const lock of [...held]) if (lock.tab === tab) lock.release()
    },
  }
}
