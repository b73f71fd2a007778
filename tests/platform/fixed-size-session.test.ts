// Sessions for fixed sizes: one at a time, made anew only when the sizes change.

import { expect, it } from 'vitest'
import type { FreeSizes } from '../../src/core/onnx/graph-inputs.ts'
import { createFixedSizeSession } from '../../src/platform/fixed-size-session.ts'

const inputs = new Map([['x', ['batch', 3]]])
const feeds = (batch: number) => ({ x: { dims: [batch, 3], data: new Float32Array(3 * batch) } })

/** Writes down what is opened, run and released; fails the test where two sessions live at once. */
function diary(failing: readonly number[] = []) {
  const lines: string[] = []
  let alive = 0
  const open = async ({ batch = 0 }: FreeSizes) => {
    if (failing.includes(batch)) throw new Error(`cannot open ${batch}`)
    expect(++alive).toBe(1)
    lines.push(`open ${batch}`)
    return {
      run: async () => {
        lines.push(`run ${batch}`)
        return {}
      },
      release: async () => {
        alive--
        lines.push(`release ${batch}`)
      },
    }
  }
  return { lines, open }
}

it('opens for the likely sizes at once, and keeps that session while they stay', async () => {
  const { lines, open } = diary()
  const session = await createFixedSizeSession(inputs, { batch: 2 }, open)
  expect(lines).toEqual(['open 2'])
  await session.run(feeds(2))
  await session.run(feeds(2))
  expect(lines).toEqual(['open 2', 'run 2', 'run 2'])
})

it('frees the old session before it makes one for other sizes', async () => {
  const { lines, open } = diary()
  const session = await createFixedSizeSession(inputs, null, open)
  await session.run(feeds(1))
  await session.run(feeds(2))
  await session.release()
  expect(lines).toEqual(['open 1', 'run 1', 'release 1', 'open 2', 'run 2', 'release 2'])
})

it('can be run again after sizes for which none could be made', async () => {
  const { lines, open } = diary([9])
  const session = await createFixedSizeSession(inputs, { batch: 1 }, open)
  await expect(session.run(feeds(9))).rejects.toThrow('cannot open 9')
  await session.run(feeds(1))
  expect(lines).toEqual(['open 1', 'release 1', 'open 1', 'run 1'])
})
