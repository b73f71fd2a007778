// What this machine would run a pack on, as far as the browser tells.

import type { Machine } from '../core/pack/install-needs.ts'
import { decideBackend, findAdapter, maxTensorBytes } from './webgpu.ts'

/** Browsers tell no more than this many GiB: a machine that has so much may have any amount above it. */
const MOST_TOLD_GIB = 8

export async function describeMachine(): Promise<Machine> {
  const search = await findAdapter(navigator.gpu)
  const { useGpu } = decideBackend('auto', search)
  const { deviceMemory } = navigator as { readonly deviceMemory?: number }
  const isKnown = deviceMemory !== undefined && deviceMemory < MOST_TOLD_GIB
  return {
    gpu:
      useGpu && search.adapter !== null
        ? {
            hasHalfFloats: search.facts.hasHalfFloats,
            maxBufferBytes: maxTensorBytes(search.adapter.limits),
          }
        : null,
    memoryBytes: isKnown ? deviceMemory * 2 ** 30 : null,
  }
}
