// Many pictures in one visit: what each took is given back, those that were cancelled included.

import { makeMicroPack } from '../tools/micro-pack.ts'
import { beginLongVisit } from './long-visit.ts'
import { servePack } from './pack-server.ts'
import { expect, test } from './test.ts'

const PICTURES = 15
/** The pixels of a picture alone are 256 KiB, and its steps' previews and latents as much again. */
const MOST_BYTES_A_PICTURE = 64 * 1024
const SWITCHES = 3
/** A model's weights are tens of megabytes. */
const MOST_BYTES_A_SWITCH = 512 * 1024

test('pictures made, cancelled and deleted leave neither memory, elements nor listeners behind', async ({
  baseURL,
}) => {
  test.setTimeout(900_000)
  const visit = await beginLongVisit(baseURL ?? '')
  try {
    // What is made once and kept is there after a few.
    await visit.makePictures(5)
    const before = await visit.measure()
    await visit.makePictures(PICTURES)
    const after = await visit.measure()
    expect((after.bytes - before.bytes) / PICTURES).toBeLessThan(MOST_BYTES_A_PICTURE)
    expect(after.nodes - before.nodes).toBeLessThan(PICTURES)
    expect(after.listeners - before.listeners).toBeLessThan(PICTURES)
  } finally {
    await visit.close()
  }
})

test('models switched again and again leave neither memory, elements nor listeners behind', async ({ baseURL }) => {
  test.setTimeout(900_000)
  const server = await servePack(await makeMicroPack())
  const visit = await beginLongVisit(baseURL ?? '')
  try {
    await visit.installModel(server.url)
    await visit.switchModels(1)
    const before = await visit.measure()
    await visit.switchModels(SWITCHES)
    const after = await visit.measure()
    expect((after.bytes - before.bytes) / SWITCHES).toBeLessThan(MOST_BYTES_A_SWITCH)
    expect(after.nodes - before.nodes).toBeLessThan(SWITCHES)
    expect(after.listeners - before.listeners).toBeLessThan(SWITCHES)
  } finally {
    await visit.close()
    await server.close()
  }
})
