// ONNX Runtime Web as the core's inference runtime: picks build, backend and threads, and runs one session at a time.

/// <reference path="./gzip-url.d.ts" />

import type * as Ort from 'onnxruntime-web'
import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?gzip-url'
import jspiGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url'
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import { type FreeSizes, readGraphInputs } from '../core/onnx/graph-inputs.ts'
import type { GraphFiles, InferenceRuntime, InferenceSession } from '../core/pack/inference.ts'
import { type Tensor, tensor } from '../core/tensor/tensor.ts'
import { JobError } from '../protocol/errors.ts'
import type { BackendChoice, BackendDescription } from '../protocol/jobs.ts'
import { FetchFailure, fetchBytes } from './fetch-bytes.ts'
import { createFixedSizeSession } from './fixed-size-session.ts'
import { maybeGunzip } from './gunzip.ts'
import { createQueue } from './queue.ts'
import { threadCount } from './threads.ts'
import { trustOwnScripts } from './trusted-types.ts'
import { decideBackend, decideDtype, findAdapter, maxTensorBytes, openDevice } from './webgpu.ts'

export interface OnnxRuntime extends InferenceRuntime {
  readonly backend: BackendDescription
  /** Bytes of the largest tensor; infinite on the processor. */
  readonly maxBufferBytes: number
  /** The runtime itself, for libraries that bring their own sessions. */
  readonly ort: typeof Ort
  /** Runs `task` when no session is running: one wasm instance takes one run at a time. */
  exclusively<T>(task: () => Promise<T>): Promise<T>
  /** Frees the GPU device; every session is dead then. */
  close(): void
}

/**
 * Loads the runtime: the JSPI build where WebAssembly can suspend, else the asyncify build; each has both the CPU's and WebGPU's
 * kernels. Rejects with JobError('webgpu-unavailable') where WebGPU was asked for and cannot be had.
 */
export async function createOnnxRuntime(
  choice: BackendChoice,
  mostThreads = Number.POSITIVE_INFINITY,
): Promise<OnnxRuntime> {
  const search = choice === 'wasm' ? { adapter: null, reason: '' } : await findAdapter(navigator.gpu)
  const { useGpu, detail } = decideBackend(choice, search)
  const device = useGpu && search.adapter !== null ? await openDevice(search.adapter) : null
  const dtype = decideDtype(choice, device === null ? null : device.features)
  // The runtime starts its threads as workers.
  trustOwnScripts()
  const threads = Math.min(mostThreads, threadCount(navigator.hardwareConcurrency, crossOriginIsolated))
  const suspends = 'Suspending' in WebAssembly
  const ort = suspends ? await loadJspi() : await loadAsyncify()
  ort.env.wasm.numThreads = threads
  ort.env.wasm.proxy = false

  const exclusively = createQueue()
  const guard = guardDevice(device)
  const options = sessionOptions(device)
  const guarded = <T>(task: () => Promise<T>) => exclusively(() => guard(task))
  const openAnySize = async (files: GraphFiles) =>
    wrapSession(ort, await guarded(() => openSession(ort, files, options)), guarded)
  const openFixedSize = (files: GraphFiles) =>
    createFixedSizeSession(readGraphInputs(files.graph), files.likely, async (sizes) =>
      wrapSession(ort, await guarded(() => openOnGpu(ort, files, options, sizes)), guarded),
    )
  return {
    ort,
    backend: {
      name: device === null ? 'wasm' : suspends ? 'webgpu-jspi' : 'webgpu',
      dtype,
      threads,
      detail,
    },
    maxBufferBytes: device === null ? Number.POSITIVE_INFINITY : maxTensorBytes(device.limits),
    variant: device !== null && search.adapter !== null && search.facts.hasWideSubgroups ? 'webgpu' : 'portable',
    dtype,
    exclusively,
    createSession: (files) => (device === null ? openAnySize(files) : openFixedSize(keepOutOfHeap(files))),
    close: () => device?.destroy(),
  }
}

/**
 * Gives the runtime its bytes instead of an address: Chromium 156 compiles what it is given while it arrives, and never ends now
 * and then (1 in 25) where the worker of the page before was going away at that time. Opening takes 5 % longer.
 */
async function loadJspi(): Promise<typeof Ort> {
  const [ort, bytes] = await Promise.all([import('onnxruntime-web/jspi'), fetchRuntime(absolute(jspiWasm))])
  ort.env.wasm.wasmPaths = { mjs: absolute(jspiGlue) }
  ort.env.wasm.wasmBinary = bytes
  return ort
}

async function loadAsyncify(): Promise<typeof Ort> {
  const [ort, packed] = await Promise.all([import('onnxruntime-web/webgpu'), fetchRuntime(absolute(asyncifyWasm))])
  ort.env.wasm.wasmPaths = { mjs: absolute(asyncifyGlue) }
  ort.env.wasm.wasmBinary = await maybeGunzip(packed)
  return ort
}

async function fetchRuntime(url: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await fetchBytes(url)
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error
    throw new JobError('app-part-missing', 'the runtime could not be fetched', error.message)
  }
}

function absolute(url: string): string {
  return new URL(url, location.href).href
}

function sessionOptions(device: GPUDevice | null): Ort.InferenceSession.SessionOptions {
  return {
    // The object form: only it passes its options on to the provider.
    executionProviders: [device === null ? { name: 'wasm' } : { name: 'webgpu', device }],
    graphOptimizationLevel: 'all',
    // Errors only.
    logSeverityLevel: 3,
  }
}

/** Weights as Blobs, whose bytes lie with the browser, not in the worker's heap; the JSPI build reads them from there. */
function keepOutOfHeap(files: GraphFiles): GraphFiles {
  const externalData = files.externalData.map(({ location, data }) => ({
    location,
    data: data instanceof Blob ? data : new Blob([data as Uint8Array<ArrayBuffer>]),
  }))
  return { ...files, externalData }
}

/**
 * With every size fixed, the runtime computes shapes as it loads, and no operator is left to the CPU. Where one is all the
 * same, for want of a kernel for this adapter, the session runs partly on the CPU, slowly, rather than not at all.
 */
async function openOnGpu(
  ort: typeof Ort,
  files: GraphFiles,
  options: Ort.InferenceSession.SessionOptions,
  sizes: FreeSizes,
): Promise<Ort.InferenceSession> {
  const fixed = { ...options, freeDimensionOverrides: sizes }
  try {
    return await openSession(ort, files, { ...fixed, extra: { session: { disable_cpu_ep_fallback: '1' } } })
  } catch (error) {
    if (!/fallback to CPU EP/.test(String(error))) throw error
    console.warn('this GPU lacks an operator: the model runs partly on the CPU')
    return openSession(ort, files, fixed)
  }
}

function openSession(
  ort: typeof Ort,
  { graph, externalData }: GraphFiles,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Ort.InferenceSession> {
  return ort.InferenceSession.create(graph, {
    ...options,
    externalData: externalData.map(({ location, data }) => ({ path: location, data })),
  })
}

function wrapSession(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  exclusively: <T>(task: () => Promise<T>) => Promise<T>,
): InferenceSession {
  return {
    run: (feeds) =>
      exclusively(async () => {
        const inputs = Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          new ort.Tensor('float32', data, dims),
        ])
        const outputs = await session.run(Object.fromEntries(inputs))
        return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, takeTensor(name, output)]))
      }),
    release: () => exclusively(() => session.release()),
  }
}

function takeTensor(name: string, output: Ort.Tensor): Tensor {
  const { data, dims } = output
  if (!(data instanceof Float32Array)) {
    throw new JobError('internal', `the graph's output ${name} is ${output.type}, not float32`)
  }
  return tensor(data, dims)
}

/**
 * Makes tasks fail with JobError('device-lost') once the device is gone, as ONNX Runtime itself would wait for ever, and with
 * 'out-of-memory' once it could not allocate, as what it computes from then on is worth nothing.
 */
function guardDevice(device: GPUDevice | null): <T>(task: () => Promise<T>) => Promise<T> {
  if (device === null) return (task) => task()
  const trouble = new Promise<never>((_, reject) => {
    device.lost.then(({ reason, message }) =>
      reject(new JobError('device-lost', 'the GPU device was lost', `${reason}: ${message}`)),
    )
    device.addEventListener('uncapturederror', ({ error }) => {
      if (!(error instanceof GPUOutOfMemoryError)) return
      reject(new JobError('out-of-memory', 'the GPU ran out of memory', error.message))
    })
  })
  trouble.catch(() => undefined)
  return (task) => Promise.race([trouble, task()])
}
