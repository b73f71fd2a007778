// The page's end of the service worker before and after it is registered, over a container that plays the browser's.

import { expect, it } from 'vitest'
import { createShellClient, type ShellEvent } from '../../src/platform/service-worker-client.ts'
import { buildLock, busyLock } from '../../src/platform/tab-locks.ts'
import { BUILD_ID } from '../../src/protocol/build-id.ts'

const SCOPE = 'https://example.test/app/'
const SCRIPT = `${SCOPE}service-worker.js`

/** A worker that says that it is of this build. */
class FakeWorker {
  readonly build: string

  constructor(build: string) {
    this.build = build
  }

  postMessage(_: unknown, [port]: readonly MessagePort[]): void {
    port?.postMessage({ build: this.build })
  }
}

class FakeContainer extends EventTarget {
  controller: FakeWorker | null = null
  isListening = false
  readonly registered: string[] = []

  startMessages(): void {
    this.isListening = true
  }

  async register(script: string): Promise<object> {
    this.registered.push(script)
    return Object.assign(new EventTarget(), { installing: null, waiting: null, active: {} })
  }

  tell(data: object): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  changeTo(build: string): void {
    this.controller = new FakeWorker(build)
    this.dispatchEvent(new Event('controllerchange'))
  }
}

function setUp() {
  const container = new FakeContainer()
  const held = new Set<string>()
  const locks = {
    async request(name: string, _: unknown, task: () => Promise<void>) {
      held.add(name)
      await task()
      held.delete(name)
    },
  }
  const client = createShellClient(
    container as unknown as ServiceWorkerContainer,
    locks as unknown as Pick<LockManager, 'request'>,
    SCRIPT,
    SCOPE,
  )
  const events: ShellEvent[] = []
  return { container, held, client, events, listen: () => client.listen((event) => events.push(event)) }
}

it('holds its build from the moment it is made', () => {
  const { held, container } = setUp()
  expect([...held]).toEqual([buildLock(SCOPE, BUILD_ID)])
  expect(container.registered).toEqual([])
})

it('keeps updates waiting before it is registered', async () => {
  const { held, client } = setUp()
  client.setBusy(true)
  expect(held).toContain(busyLock(SCOPE))
  client.setBusy(false)
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(held).not.toContain(busyLock(SCOPE))
})

it('tells of what other tabs and the service worker did, before it registers one', async () => {
  const { container, events, listen } = setUp()
  listen()
  expect(container.isListening).toBe(true)
  container.tell({ kind: 'updated', build: BUILD_ID })
  expect(events).toEqual([])
  container.tell({ kind: 'updated', build: 'another' })
  container.tell({ kind: 'retired' })
  expect(events).toEqual([{ kind: 'updated' }, { kind: 'retired' }])
  container.changeTo(BUILD_ID)
  container.changeTo('another')
  await expect.poll(() => events.slice(2)).toEqual([{ kind: 'other-build' }])
  expect(container.registered).toEqual([])
})

it('tells once it is registered that the app is kept whole', async () => {
  const { container, client, events, listen } = setUp()
  listen()
  await client.register()
  expect(container.registered).toEqual([SCRIPT])
  expect(events).toEqual([{ kind: 'ready' }])
})
