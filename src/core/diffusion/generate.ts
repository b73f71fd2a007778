// The way of a prompt: encode, search, denoise step by step, decode; as an async generator that can be stopped at any event.

import { TorchGenerator } from '../tensor/random.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { requireFinite } from './broken-numbers.ts'
import { createContext } from './conditioning.ts'
import { createGuidedPrediction } from './guidance.ts'
import { LATENT_SCALE, toPixels } from './latents.ts'
import type { ModelParts, Neighbour, NeighbourIndex, PromptEmbedding, RgbImage, TextEncoder } from './model-parts.ts'
import type { GenerationSettings } from './recipe.ts'
import { planDdim } from './samplers/ddim.ts'
import { planDpmSolver } from './samplers/dpm-solver.ts'
import { planPlms } from './samplers/plms.ts'
import { type SamplerPlan, type Trajectory, takeStep } from './samplers/sampler.ts'
import { decodeInTiles, type TileEvent } from './tiled-decode.ts'
import { SettingsError, validateSettings } from './validate-settings.ts'

/** Where the context comes from: a prompt and its neighbours, or given whole, [1, tokens, dim]. */
export type ContextSource =
  | {
      readonly prompt: string
      readonly textEncoder: TextEncoder
      /** Null will do where k is 0. One that is still being opened is waited for when it is time to search. */
      readonly index: NeighbourIndex | Promise<NeighbourIndex> | null
    }
  | { readonly context: Tensor }

export type GenerateRequest = ContextSource & {
  readonly settings: GenerationSettings
  /**
   * Starts here instead of from the seed's noise, [1, channels, height / 16, width / 16]. That noise is drawn all the same,
   * so the draws of later steps do not depend on it.
   */
  readonly noise?: Tensor
  /** Goes on from here, after steps that an earlier run of the same request has done. */
  readonly resume?: ResumePoint
  /** The longest side that the decoder is given at once, in latents: a larger picture is put together from tiles. */
  readonly tileSide?: number
  /** As in SearchOptions: what it rejects with ends a long search, and with it the run. */
  readonly pause?: () => Promise<void>
  /** Milliseconds from any fixed moment. */
  readonly now: () => number
}

/** Where a run stood after a step: all that the steps after it need, as every draw follows from the seed. */
export interface ResumePoint extends Trajectory {
  /** Steps done; 0 before the first. */
  readonly step: number
}

/** A tensor that was given and does not fit the model: which, its shape and the model's. */
export class ShapeError extends RangeError {
  override readonly name = 'ShapeError'
}

export type GeneratePhase = 'text' | 'search' | 'denoise' | 'decode'

export type GenerateEvent =
  | { readonly kind: 'phase'; readonly phase: GeneratePhase }
  | { readonly kind: 'prompt'; readonly embedding: PromptEmbedding }
  /** Best first; empty where k is 0. */
  | { readonly kind: 'neighbours'; readonly neighbours: readonly Neighbour[] }
  | {
      readonly kind: 'step'
      /** 1..steps */
      readonly step: number
      readonly steps: number
      /** The clean latents as this step sees them, [1, channels, h, w]. */
      readonly predictedX0: Tensor
      /** From where the same request can go on in another run; the run goes on using its tensors. */
      readonly reached: ResumePoint
    }
  | TileEvent

export interface Milliseconds {
  readonly text: number
  readonly search: number
  /** Mean over the steps, without the time the caller took between them. */
  readonly step: number
  readonly decode: number
}

export interface Generated {
  /** [1, channels, h, w] */
  readonly latents: Tensor
  readonly pixels: RgbImage
  readonly neighbours: readonly Neighbour[]
  /** Steps actually run; PLMS calls the denoiser once more. */
  readonly steps: number
  readonly milliseconds: Milliseconds
}

/**
 * Makes one picture. It holds nothing that must be freed, and does no work between events: whoever iterates decides when it
 * goes on, and ends it with `return()`.
 *
 * Random draws are those of the authors' code after torch.manual_seed: the first latents, then one tensor a step, needed or not.
 *
 * @throws SettingsError before the first event where a setting is out of range
 * @throws ShapeError where the context, the noise or the point to resume from is of another shape than the model's
 * @throws RangeError where more steps are done than there are
 * @throws BrokenNumbersError where a step or the decoder gives NaN, infinities or one flat colour
 */
export async function* generate(
  parts: ModelParts,
  request: GenerateRequest,
): AsyncGenerator<GenerateEvent, Generated, undefined> {
  const { settings, tileSide = Number.POSITIVE_INFINITY, now } = request
  validateSettings(settings)
  const { context, neighbours, milliseconds } = yield* prepareContext(request)
  requireDims('context', context, [1, context.dims[1] ?? 1, parts.contextDim])

  yield { kind: 'phase', phase: 'denoise' }
  const { latents, steps, stepMilliseconds } = yield* denoise(parts, context, request)

  yield { kind: 'phase', phase: 'decode' }
  const decodeStart = now()
  const pixels = toPixels(yield* decodeInTiles(parts.decoder, latents, tileSide))
  return {
    latents,
    pixels,
    neighbours,
    steps,
    milliseconds: { ...milliseconds, step: stepMilliseconds, decode: now() - decodeStart },
  }
}

interface PreparedContext {
  readonly context: Tensor
  readonly neighbours: readonly Neighbour[]
  readonly milliseconds: { readonly text: number; readonly search: number }
}

async function* prepareContext(request: GenerateRequest): AsyncGenerator<GenerateEvent, PreparedContext, undefined> {
  if ('context' in request) {
    return { context: request.context, neighbours: [], milliseconds: { text: 0, search: 0 } }
  }
  const { textEncoder, prompt, pause, now } = request
  const { k } = request.settings
  if (k > 0 && request.index === null) {
    throw new SettingsError('k', k, '0, the only one without a style database')
  }
  yield { kind: 'phase', phase: 'text' }
  const textStart = now()
  const embedding = await textEncoder.encodeText(prompt)
  const text = now() - textStart
  yield { kind: 'prompt', embedding }

  yield { kind: 'phase', phase: 'search' }
  const searchStart = now()
  const index = k === 0 ? null : await request.index
  const options = pause === undefined ? {} : { pause }
  const neighbours = index === null ? [] : await index.search(embedding.embedding, k, options)
  const vectors = index === null ? [] : await Promise.all(neighbours.map(({ row }) => index.embedding(row)))
  const context = createContext(embedding.embedding, vectors)
  const search = now() - searchStart
  yield { kind: 'neighbours', neighbours }
  return { context, neighbours, milliseconds: { text, search } }
}

interface Denoised {
  readonly latents: Tensor
  readonly steps: number
  /** Mean over the steps run here; 0 where none was left to run. */
  readonly stepMilliseconds: number
}

async function* denoise(
  parts: ModelParts,
  context: Tensor,
  { settings, noise, resume, now }: GenerateRequest,
): AsyncGenerator<GenerateEvent, Denoised, undefined> {
  const dims = [1, parts.latentChannels, settings.height / LATENT_SCALE, settings.width / LATENT_SCALE]
  const generator = new TorchGenerator(settings.seed)
  const drawn = generator.randn(dims)
  const plan = planSteps(parts.alphasCumprod, settings)
  const predict = createGuidedPrediction(parts.denoiser, context, settings.guidance)
  let { step: done, latents, history }: ResumePoint = resume ?? { step: 0, latents: noise ?? drawn, history: [] }
  requireDims('noise', latents, dims)
  const stepsHere = plan.length - done
  if (stepsHere < 0) throw new RangeError(`resume: ${done} steps done of ${plan.length}`)
  for (let i = 0; i < done; i++) generator.randn(dims)
  let stepMilliseconds = 0
  for (const step of plan.slice(done)) {
    const start = now()
    const taken = await takeStep(step, predict, { latents, history, noise: generator.randn(dims) })
    stepMilliseconds += now() - start
    done += 1
    requireFinite(`step ${done}`, taken.latents)
    latents = taken.latents
    history = taken.history
    yield {
      kind: 'step',
      step: done,
      steps: plan.length,
      predictedX0: taken.predictedX0,
      reached: { step: done, latents, history },
    }
  }
  return { latents, steps: plan.length, stepMilliseconds: stepMilliseconds / Math.max(1, stepsHere) }
}

function planSteps(alphasCumprod: Float32Array, { sampler, steps, eta }: GenerationSettings): SamplerPlan {
  switch (sampler) {
    case 'ddim':
      return planDdim(alphasCumprod, steps, eta)
    case 'plms':
      return planPlms(alphasCumprod, steps)
    case 'dpm':
      return planDpmSolver(alphasCumprod, steps)
  }
}

function requireDims(label: string, { dims }: Tensor, expected: readonly number[]): void {
  if (dims.length !== expected.length || dims.some((dim, i) => dim !== expected[i])) {
    throw new ShapeError(`${label}: [${dims.join(', ')}] does not fit, the model takes [${expected.join(', ')}]`)
  }
}
