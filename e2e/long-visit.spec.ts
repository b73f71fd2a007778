// Many pictures in one visit: what each took is given back, those that were cancelled included.

import { expect, test } from '@playwright/test'
import { beginLongVisit } from './long-visit.ts'

const PICTURES = 15
/** The pixels of a picture alone are 256 KiB, and its steps' previews and latents as much again. */
const MOST_BYTES_A_PICTURE = 64 * 1024

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
