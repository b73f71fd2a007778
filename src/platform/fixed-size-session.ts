// A session for a provider that wants fixed sizes: made anew when tensors of other sizes come, and kept while they stay.

import { type FreeSizes, type GraphInputs, sizesOf } from '../core/onnx/graph-inputs.ts'
import type { InferenceSession } from '../core/pack/inference.ts'

/**
 * Holds at most one session at a time, so that the weights are on the device once: the old one is freed before the next is made.
 * @param likely sizes to make the first session for, before anything has run; null waits for the first run
 */
export async function createFixedSizeSession(
  inputs: GraphInputs,
  likely: FreeSizes | null,
  open: (sizes: FreeSizes) => Promise<InferenceSession>,
): Promise<InferenceSession> {
  let current: { readonly key: string; readonly session: InferenceSession } | null = null

  async function sessionFor(sizes: FreeSizes): Promise<InferenceSession> {
    const key = JSON.stringify(Object.entries(sizes).sort())
    if (current?.key === key) return current.session
    const old = current
    current = null
    await old?.session.release()
    const session = await open(sizes)
    current = { key, session }
    return session
  }

  if (likely !== null) await sessionFor(likely)
  return {
    run: async (feeds) => (await sessionFor(sizesOf(inputs, feeds))).run(feeds),
    release: async () => {
      const old = current
      current = null
      await old?.session.release()
    },
  }
}
