// Tabs that tell each other of the gallery, over real channels; a tab is an event target that stands for its window.

import { afterEach, expect, it, vi } from 'vitest'
import { type GalleryChanges, openGalleryChanges } from '../../src/platform/gallery-changes.ts'
import { createGalleryStore, type StoredPicture } from '../../src/platform/gallery-store.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'

const windows: EventTarget[] = []

function openTab(): { readonly window: EventTarget; readonly changes: GalleryChanges; readonly heard: () => number } {
  const window = new EventTarget()
  windows.push(window)
  const changes = openGalleryChanges(window)
  let heard = 0
  changes.listen(() => heard++)
  return { window, changes, heard: () => heard }
}

const leave = (window: EventTarget) => window.dispatchEvent(new Event('pagehide'))
const comeBack = (window: EventTarget) => window.dispatchEvent(new Event('pageshow'))

afterEach(() => {
  for (const window of windows.splice(0)) leave(window)
})

it('tells all tabs but the one that wrote', async () => {
  const [a, b, c] = [openTab(), openTab(), openTab()]
  a.changes.tell()
  await vi.waitFor(() => expect([b.heard(), c.heard()]).toEqual([1, 1]))
  expect(a.heard()).toBe(0)
})

it('leaves no channel open in a tab that is left, and calls back when it is come back to', async () => {
  const [a, b, c] = [openTab(), openTab(), openTab()]
  leave(b.window)
  a.changes.tell()
  await vi.waitFor(() => expect(c.heard()).toBe(1))
  expect(b.heard()).toBe(0)
  comeBack(b.window)
  expect(b.heard()).toBe(1)
  a.changes.tell()
  await vi.waitFor(() => expect(b.heard()).toBe(2))
})

it('calls nobody back where a page is shown for the first time', () => {
  const a = openTab()
  comeBack(a.window)
  expect(a.heard()).toBe(0)
})

it('tells of a write that ends while its tab is left', async () => {
  const [a, b] = [openTab(), openTab()]
  leave(a.window)
  a.changes.tell()
  await vi.waitFor(() => expect(b.heard()).toBe(1))
})

it('is told once by the gallery for each picture that was added or deleted, and for none that could not be', async () => {
  let told = 0
  const gallery = createGalleryStore(createSimulatedDisk(), () => told++)
  await gallery.add({ version: 1, id: 'a', png: new Blob(['a']) } as unknown as StoredPicture)
  expect(told).toBe(1)
  await gallery.delete('a')
  expect(told).toBe(2)
  const full = createGalleryStore(createSimulatedDisk({ quota: 1 }), () => told++)
  await expect(full.add({ version: 1, id: 'b', png: new Blob(['b']) } as unknown as StoredPicture)).rejects.toThrow()
  expect(told).toBe(2)
})
