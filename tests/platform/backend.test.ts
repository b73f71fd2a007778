// Which backend runs, in how many threads, and what errors are called.

import { describe, expect, it } from 'vitest'
import { SettingsError } from '../../src/core/diffusion/validate-settings.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import { MissingPackFile } from '../../src/platform/pack-files.ts'
import { createQueue } from '../../src/platform/queue.ts'
import { threadCount } from '../../src/platform/threads.ts'
import { adapterFacts, decideBackend, decideDtype } from '../../src/platform/webgpu.ts'
import { JobError } from '../../src/protocol/errors.ts'

const info = { vendor: 'nvidia', architecture: 'hopper', device: '', description: '' }
const real = { facts: adapterFacts(info, new Set(['shader-f16'])) }
const software = { facts: adapterFacts({ ...info, vendor: 'google', architecture: 'swiftshader' }, new Set()) }
const none = { reason: 'WebGPU found no adapter' }

describe('the backend', () => {
  it('is WebGPU on a real adapter, described in its own words', () => {
    expect(decideBackend('auto', real)).toEqual({ useGpu: true, detail: 'nvidia hopper' })
    expect(real.facts.hasHalfFloats).toBe(true)
  })

  it('is wasm rather than a software adapter, unless WebGPU was asked for', () => {
    expect(decideBackend('auto', software).useGpu).toBe(false)
    expect(decideBackend('webgpu', software).useGpu).toBe(true)
  })

  it.each([
    { ...info, description: 'Microsoft Basic Render Driver' },
    { ...info, description: 'llvmpipe (LLVM 19.1, 256 bits)' },
    { ...info, isFallbackAdapter: true },
  ])('knows a software adapter: $description $isFallbackAdapter', (software) => {
    expect(adapterFacts(software, new Set()).isSoftware).toBe(true)
  })

  it.each([
    [4, false],
    [8, true],
    [32, true],
    [undefined, false],
  ])('trusts the fused attention to subgroups of %s lanes: %s', (subgroupMinSize, trusted) => {
    const told = subgroupMinSize === undefined ? info : { ...info, subgroupMinSize }
    expect(adapterFacts(told, new Set()).hasWideSubgroups).toBe(trusted)
  })

  it('is wasm without an adapter, and says why; asked for by name it is an error', () => {
    expect(decideBackend('auto', none)).toEqual({ useGpu: false, detail: none.reason })
    for (const choice of ['webgpu', 'webgpu-fp32'] as const) {
      expect(() => decideBackend(choice, none)).toThrow(expect.objectContaining({ code: 'webgpu-unavailable' }))
    }
  })

  it('is wasm where that was asked for', () => {
    expect(decideBackend('wasm', real).useGpu).toBe(false)
  })
})

it('uses every core of a small machine, half of a large one, and one thread without isolation', () => {
  expect([1, 2, 4, 8, 12, 64].map((cores) => threadCount(cores, true))).toEqual([1, 2, 4, 4, 6, 8])
  expect(threadCount(16, false)).toBe(1)
})

it.each([
  ['auto', ['shader-f16'], 'fp16'],
  ['webgpu', ['shader-f16'], 'fp16'],
  ['webgpu-fp32', ['shader-f16'], 'fp32'],
  ['webgpu', ['subgroups'], 'fp32'],
  ['wasm', null, 'fp32'],
] as const)('asked for %s, with %j, computes in %s', (choice, features, dtype) => {
  expect(decideDtype(choice, features && new Set(features))).toBe(dtype)
})

it('runs queued tasks one at a time, in order, past one that fails', async () => {
  const queue = createQueue()
  const log: string[] = []
  const task = (name: string, fails = false) =>
    queue(async () => {
      log.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const settled = await Promise.allSettled([task('a'), task('b', true), task('c')])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

it.each([
  [new JobError('device-lost', 'gone'), 'device-lost'],
  [new SettingsError('k', 21, 'at most 20'), 'invalid-input'],
  [new MissingPackFile('decoder.onnx', '404'), 'pack-missing'],
  [new FormatError('npy', 'no magic', 0), 'pack-damaged'],
  [new RangeError('Array buffer allocation failed'), 'out-of-memory'],
  [new Error('[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc'), 'out-of-memory'],
  [
    new Error('no available backend found. ERR: [wasm] RuntimeError: Aborted(CompileError: bad bytes)'),
    'app-part-missing',
  ],
  [new TypeError('Failed to fetch dynamically imported module: /assets/ort.js'), 'app-part-missing'],
  ['a string that was thrown', 'internal'],
])('gives %s the code %s', (error, code) => {
  expect(toJobError(error).code).toBe(code)
})
