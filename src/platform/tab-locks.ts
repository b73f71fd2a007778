// What tabs tell each other and the service worker by holding Web Locks: a lock ends with its tab, even with one that crashes.

/** Held shared by each tab, for as long as it is open, with the build that it runs. */
export function buildLock(scope: string, build: string): string {
  return `${buildPrefix(scope)}${build}`
}

/** Held shared by a tab while it works at something that a reload would lose. */
export function busyLock(scope: string): string {
  return `kindred-busy ${new URL(scope).pathname}`
}

/** Held by the service worker while it fills or deletes caches. */
export function shellLock(scope: string): string {
  return `kindred-shell ${new URL(scope).pathname}`
}

/** Held by a tab while it takes files out of the inbox: two would take the same ones. */
export function inboxLock(scope: string): string {
  return `kindred-inbox ${new URL(scope).pathname}`
}

/** The builds that open tabs run. */
export function buildsInUse(scope: string, { held = [] }: LockManagerSnapshot): ReadonlySet<string> {
  const prefix = buildPrefix(scope)
  const names = held.map(({ name }) => name ?? '').filter((name) => name.startsWith(prefix))
  return new Set(names.map((name) => name.slice(prefix.length)))
}

function buildPrefix(scope: string): string {
  return `kindred-build ${new URL(scope).pathname} `
}

/** Holds a lock while there is something to hold it for. */
export interface LockHolder {
  set(hold: boolean): void
}

/** A holder of the shared lock `name`; it never waits: where the lock is taken, it is held once that ends. */
export function createLockHolder(locks: Pick<LockManager, 'request'>, name: string): LockHolder {
  let release: (() => void) | null = null
  return {
    set(hold) {
      if (!hold) {
        release?.()
        release = null
      } else if (release === null) {
        const until = new Promise<void>((resolve) => {
          release = resolve
        })
        locks.request(name, { mode: 'shared' }, () => until).catch(() => undefined)
      }
    },
  }
}
