// What the page says of its own keeping, and when it reloads: never while it is at work.

import { beforeEach, describe, expect, it } from 'vitest'
import type { InstallPrompt } from '../../src/platform/install-prompt.ts'
import type { ShellClient, ShellEvent } from '../../src/platform/service-worker-client.ts'
import { createOffline, type Offline } from '../../src/state/offline.ts'

let emit: (event: ShellEvent) => void
let offerInstall: () => void
let busy: boolean
let made: number
let changed: () => void
let calls: string[]

beforeEach(() => {
  busy = false
  made = 0
  calls = []
})

const client: ShellClient = {
  listen: (onEvent) => {
    emit = onEvent
  },
  register: async () => undefined,
  takeOver: async () => void calls.push('take over'),
  checkForUpdate: () => undefined,
  sweep: () => undefined,
  setBusy: (isBusy) => void calls.push(isBusy ? 'busy' : 'idle'),
}

const installPrompt: InstallPrompt = {
  onAvailable: (listener) => {
    offerInstall = listener
  },
  show: async () => void calls.push('install'),
  decline: () => void calls.push('decline'),
}

function create(isolated = true, given: ShellClient | null = client): Offline {
  return createOffline({
    client: given,
    installPrompt,
    work: {
      isBusy: () => busy,
      picturesMade: () => made,
      subscribe: (listener) => {
        changed = listener
      },
    },
    isolated,
    reload: () => void calls.push('reload'),
  })
}

async function started(isolated = true, given: ShellClient | null = client): Promise<Offline> {
  const offline = create(isolated, given)
  await offline.start()
  return offline
}

function work(isBusy: boolean): void {
  busy = isBusy
  changed()
}

describe('becoming ready', () => {
  it('is news in the visit in which it happens, and asks for a reload where that brings threads', async () => {
    const { store, actions } = await started(false)
    emit({ kind: 'ready' })
    expect(store.getState()).toMatchObject({ ready: true, becameReady: true, wantsIsolation: true })
    actions.dismissReady()
    expect(store.getState()).toMatchObject({ ready: true, becameReady: false, wantsIsolation: false })
  })

  it('is no news where the app was kept before', async () => {
    const { store } = await started(true, { ...client, register: async () => emit({ kind: 'ready' }) })
    expect(store.getState()).toMatchObject({ ready: true, becameReady: false, wantsIsolation: false })
  })

  it('does not happen without a service worker, and nothing else breaks', async () => {
    const offline = await started(true, { ...client, register: () => Promise.reject(new Error('blocked')) })
    expect(offline.store.getState().ready).toBe(false)
    expect((await started(true, null)).store.getState().ready).toBe(false)
  })
})

describe('an update', () => {
  it('waits until the person agrees', async () => {
    const { store, actions } = await started()
    emit({ kind: 'update-waiting' })
    expect(store.getState().update).toBe('waiting')
    expect(calls).not.toContain('take over')
    actions.update()
    expect(store.getState().update).toBe('agreed')
    expect(calls).toContain('take over')
  })

  it('reloads an idle page at once, and a page at work when that is done', async () => {
    await started()
    emit({ kind: 'updated' })
    expect(calls).toContain('reload')

    calls = []
    await started()
    work(true)
    emit({ kind: 'updated' })
    expect(calls).not.toContain('reload')
    work(false)
    expect(calls.filter((call) => call === 'reload')).toHaveLength(1)
    work(false)
    expect(calls.filter((call) => call === 'reload')).toHaveLength(1)
  })

  it('tells the other tabs while the page is at work', async () => {
    await started()
    calls = []
    work(true)
    work(false)
    expect(calls).toEqual(['busy', 'idle'])
  })

  it('of another tab is heard, and this one known to be at work, before the service worker is registered', () => {
    busy = true
    create()
    expect(calls).toEqual(['busy'])
    emit({ kind: 'updated' })
    expect(calls).not.toContain('reload')
    work(false)
    expect(calls).toContain('reload')
  })
})

it.each(['other-build', 'retired'] as const)('%s asks for a reload and does not force it', async (kind) => {
  const { store } = await started()
  emit({ kind })
  expect(store.getState().reload).toBe(kind)
  expect(calls).not.toContain('reload')
})

describe('installing', () => {
  it('is offered after the second picture of a visit, when nothing runs and the app is ready', async () => {
    const { store, actions } = await started()
    offerInstall()
    made = 2
    changed()
    expect(store.getState().offersInstall).toBe(false)
    busy = true
    emit({ kind: 'ready' })
    expect(store.getState().offersInstall).toBe(false)
    work(false)
    expect(store.getState().offersInstall).toBe(true)
    actions.install()
    expect(calls).toContain('install')
    expect(store.getState().offersInstall).toBe(false)
  })

  it('is not offered again after a no', async () => {
    const { store, actions } = await started()
    emit({ kind: 'ready' })
    offerInstall()
    made = 2
    changed()
    actions.declineInstall()
    changed()
    expect(store.getState().offersInstall).toBe(false)
    expect(calls).toContain('decline')
  })
})
