// Finds a GPU adapter, judges whether it beats the CPU, and opens a device with all that the adapter offers.

import { JobError } from '../protocol/errors.ts'
import type { BackendChoice } from '../protocol/jobs.ts'

/** An adapter, or the reason why there is none. */
export type AdapterSearch =
  | { readonly adapter: GPUAdapter; readonly facts: AdapterFacts }
  | { readonly adapter: null; readonly reason: string }

export interface AdapterFacts {
  /** Vendor, architecture and description, as far as the browser tells them. */
  readonly description: string
  /** True where the "GPU" is a program on the CPU: slower than wasm, and never chosen unless asked for. */
  readonly isSoftware: boolean
  readonly hasHalfFloats: boolean
  /**
   * True where subgroups have at least 8 lanes. On narrower ones the runtime's fused attention gives wrong numbers
   * (onnxruntime-web 1.31.0-dev.20260914, seen on SwiftShader's 4 lanes from 32 queries on).
   */
  readonly hasWideSubgroups: boolean
}

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i

const WANTED_FEATURES = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'] as const

const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

/** Asks for the fastest adapter. Never rejects: a browser that throws here has no WebGPU. */
export async function findAdapter(gpu: GPU | undefined): Promise<AdapterSearch> {
  if (gpu === undefined) return { adapter: null, reason: 'this browser has no WebGPU' }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (adapter === null) return { adapter, reason: 'WebGPU found no adapter' }
    return { adapter, facts: adapterFacts(adapter.info, adapter.features) }
  } catch (error) {
    return { adapter: null, reason: `WebGPU failed: ${error instanceof Error ? error.message : error}` }
  }
}

/** What the adapter says of itself. */
export function adapterFacts(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
    readonly isFallbackAdapter?: boolean
    readonly subgroupMinSize?: number
  },
  features: ReadonlySet<string>,
): AdapterFacts {
  const description = [info.vendor, info.architecture, info.description || info.device].filter(Boolean).join(' ')
  return {
    description: description || 'unnamed adapter',
    isSoftware: info.isFallbackAdapter === true || SOFTWARE_NAMES.test(description),
    hasHalfFloats: features.has('shader-f16'),
    hasWideSubgroups: (info.subgroupMinSize ?? 0) >= 8,
  }
}

/**
 * Whether to run on the adapter, and in words why or why not.
 * Throws JobError('webgpu-unavailable') where WebGPU was asked for by name and there is no adapter.
 */
export function decideBackend(
  choice: BackendChoice,
  search: { readonly facts: AdapterFacts } | { readonly reason: string },
): { readonly useGpu: boolean; readonly detail: string } {
  if (choice === 'wasm') return { useGpu: false, detail: 'wasm was asked for' }
  if ('reason' in search) {
    if (choice !== 'auto') throw new JobError('webgpu-unavailable', 'there is no WebGPU adapter', search.reason)
    return { useGpu: false, detail: search.reason }
  }
  const { description, isSoftware } = search.facts
  if (choice === 'auto' && isSoftware) {
    return { useGpu: false, detail: `${description} is a software adapter, slower than wasm` }
  }
  return { useGpu: true, detail: description }
}

/** Half floats where the device has them, unless they are not wanted. @param features the device's; null where there is none */
export function decideDtype(choice: BackendChoice, features: ReadonlySet<string> | null): 'fp16' | 'fp32' {
  return choice !== 'webgpu-fp32' && features?.has('shader-f16') === true ? 'fp16' : 'fp32'
}

/** Bytes of the largest tensor that a shader can be given. */
export function maxTensorBytes(
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>,
): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize)
}

/** Opens a device with the adapter's own limits: the defaults allow buffers of 128 MiB only. */
export async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]))
  const requiredFeatures = WANTED_FEATURES.filter((name) => adapter.features.has(name)) as GPUFeatureName[]
  try {
    return await adapter.requestDevice({ requiredLimits, requiredFeatures })
  } catch (error) {
    throw new JobError('webgpu-unavailable', 'the adapter gave no device', String(error))
  }
}
