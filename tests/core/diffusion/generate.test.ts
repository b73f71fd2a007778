// The whole way of a prompt over small stand-ins for the model: events, forwards, draws, refusals.

import { describe, expect, test } from 'vitest'
import {
  type Generated,
  type GenerateEvent,
  type GenerateRequest,
  generate,
} from '../../../src/core/diffusion/generate.ts'
import type { ModelParts, NeighbourIndex, TextEncoder } from '../../../src/core/diffusion/model-parts.ts'
import { createAlphasCumprod } from '../../../src/core/diffusion/noise-schedule.ts'
import { DEFAULT_SETTINGS, type GenerationSettings } from '../../../src/core/diffusion/recipe.ts'
import { SettingsError } from '../../../src/core/diffusion/validate-settings.ts'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'
import { type Tensor, tensor } from '../../../src/core/tensor/tensor.ts'

const DIM = 4
const settings: GenerationSettings = { ...DEFAULT_SETTINGS, k: 2, steps: 4, width: 256, height: 128, seed: 7 }

interface Forward {
  readonly batch: number
  readonly timestep: number
  readonly context: Tensor
}

/** Two latent channels; the noise is a smooth function of latents and context, the decoder repeats the first channel. */
function createParts(): ModelParts & { readonly forwards: Forward[] } {
  const forwards: Forward[] = []
  return {
    forwards,
    latentChannels: 2,
    contextDim: DIM,
    alphasCumprod: createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 }),
    denoiser: {
      predictNoise: async (latents, timestep, context) => {
        const [batch = 1] = latents.dims
        forwards.push({ batch, timestep, context })
        const size = latents.data.length / batch
        const contextSize = context.data.length / batch
        const data = latents.data.map((x, i) => {
          const first = context.data[Math.floor(i / size) * contextSize] ?? 0
          return Math.tanh(x * (0.5 + timestep / 1000)) + 0.1 * first
        })
        return { dims: latents.dims, data }
      },
    },
    decoder: {
      decodeLatents: async ({ dims: [, , height = 0, width = 0], data }) => {
        const picture = new Float32Array(3 * 256 * height * width)
        for (let i = 0; i < picture.length; i++) {
          const x = Math.floor((i % (16 * width)) / 16)
          const y = Math.floor(i / (16 * width) / 16) % height
          picture[i] = data[y * width + x] ?? 0
        }
        return tensor(picture, [1, 3, 16 * height, 16 * width])
      },
    },
  }
}

const textEncoder: TextEncoder = {
  encodeText: async (prompt) => ({
    embedding: prompt === 'right' ? Float32Array.of(1, 0, 0, 0) : Float32Array.of(0, 1, 0, 0),
    tokenCount: 3,
    maxTokens: 77,
    cutText: '',
  }),
}

const index = createFlatIndex(Float32Array.of(0, 0, 0, 2, 3, 3, 0, 0, 5, 0, 0, 0), DIM, ['far', 'near', 'nearest'])

/** A clock that goes on by one at every look. */
function createClock(): () => number {
  let time = 0
  return () => time++
}

function ask(changes: Partial<GenerationSettings> = {}): GenerateRequest {
  return { prompt: 'right', textEncoder, index, settings: { ...settings, ...changes }, now: createClock() }
}

async function follow(
  parts: ModelParts,
  request: GenerateRequest,
): Promise<{ events: GenerateEvent[]; result: Generated }> {
  const events: GenerateEvent[] = []
  const generator = generate(parts, request)
  for (;;) {
    const { done, value } = await generator.next()
    if (done) {
      return { events, result: value }
    }
    events.push(value)
  }
}

function labelEvent(event: GenerateEvent): string {
  switch (event.kind) {
    case 'phase':
      return event.phase
    case 'step':
      return `step ${event.step}/${event.steps}`
    default:
      return event.kind
  }
}

describe('a prompt', () => {
  test('goes through its phases in order', async () => {
    const { events, result } = await follow(createParts(), ask())
    expect(events.map(labelEvent)).toEqual([
      'text',
      'prompt',
      'search',
      'neighbours',
      'denoise',
      'step 1/4',
      'step 2/4',
      'step 3/4',
      'step 4/4',
      'decode',
    ])
    expect(result.steps).toBe(4)
    expect(result.latents.dims).toEqual([1, 2, 8, 16])
    expect({ width: result.pixels.width, height: result.pixels.height }).toEqual({ width: 256, height: 128 })
    expect(result.milliseconds).toEqual({ text: 1, search: 1, step: 1, decode: 1 })
  })

  test('whose picture is larger than the decoder may be given at once is told of tile by tile, and is the same where it can be', async () => {
    const { events, result } = await follow(createParts(), { ...ask(), tileSide: 12 })
    expect(events.slice(-3)).toEqual([
      { kind: 'phase', phase: 'decode' },
      { kind: 'tile', tile: 1, tiles: 2 },
      { kind: 'tile', tile: 2, tiles: 2 },
    ])
    expect(result.pixels).toEqual((await follow(createParts(), ask())).result.pixels)
  })

  test('shows the denoiser the text and then the neighbours, best first', async () => {
    const parts = createParts()
    const { result } = await follow(parts, ask({ guidance: 1 }))
    expect(result.neighbours.map(({ id }) => id)).toEqual(['nearest', 'near'])
    const context = parts.forwards[0]?.context
    expect(context?.dims).toEqual([1, 3, DIM])
    const diagonal = Math.fround(Math.SQRT1_2)
    expect([...(context?.data ?? [])]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, diagonal, diagonal, 0, 0])
  })

  test('with k 0 is the whole context, and needs no database', async () => {
    const parts = createParts()
    const { events, result } = await follow(parts, {
      prompt: 'right',
      textEncoder,
      index: null,
      settings: { ...settings, k: 0 },
      now: createClock(),
    })
    expect(result.neighbours).toEqual([])
    expect(events).toContainEqual({ kind: 'neighbours', neighbours: [] })
    expect(parts.forwards[0]?.context.dims).toEqual([2, 1, DIM])
  })

  test('is read and encoded while its database still opens, which the search waits for', async () => {
    let open = (_: typeof index) => {}
    const opening = new Promise<typeof index>((resolve) => {
      open = resolve
    })
    const generator = generate(createParts(), { ...ask(), prompt: 'right', textEncoder, index: opening })
    const told: string[] = []
    for (let i = 0; i < 3; i++) {
      const { done, value } = await generator.next()
      if (!done) told.push(labelEvent(value))
    }
    expect(told).toEqual(['text', 'prompt', 'search'])
    const searching = generator.next()
    open(index)
    expect((await searching).value).toMatchObject({
      kind: 'neighbours',
      neighbours: [{ id: 'nearest' }, { id: 'near' }],
    })
  })

  test('whose database cannot be opened fails with what the opening failed with', async () => {
    const opening = Promise.reject(new Error('gone'))
    const request = { prompt: 'right', textEncoder, index: opening, settings, now: createClock() }
    await expect(follow(createParts(), request)).rejects.toThrow('gone')
  })

  test('whose long search is stopped at a pause ends there', async () => {
    const long: NeighbourIndex = {
      ...index,
      search: async (query, k, { pause } = {}) => {
        await pause?.()
        return index.search(query, k)
      },
    }
    const pause = () => Promise.reject(new Error('cancelled'))
    const request = { prompt: 'right', textEncoder, index: long, settings, pause, now: createClock() }
    await expect(follow(createParts(), request)).rejects.toThrow('cancelled')
  })

  test('with neighbours but no database is refused', async () => {
    const request = { prompt: 'right', textEncoder, index: null, settings, now: createClock() }
    await expect(follow(createParts(), request)).rejects.toThrow(/k: 2 is not 0/)
  })
})

describe('the denoiser', () => {
  test.each([
    { sampler: 'ddim', guidance: 5, batch: 2, forwards: 4 },
    { sampler: 'ddim', guidance: 1, batch: 1, forwards: 4 },
    { sampler: 'plms', guidance: 5, batch: 2, forwards: 5 },
    { sampler: 'dpm', guidance: 5, batch: 2, forwards: 4 },
  ] as const)('is asked $forwards times in batches of $batch by $sampler at guidance $guidance', async (setup) => {
    const { sampler, guidance, batch, forwards } = setup
    const parts = createParts()
    const { result } = await follow(parts, ask({ sampler, guidance }))
    expect(parts.forwards.map((forward) => forward.batch)).toEqual(Array(forwards).fill(batch))
    expect(result.steps).toBe(4)
  })

  test("runs as many steps as the reference's spacing has", async () => {
    const { events, result } = await follow(createParts(), ask({ steps: 30 }))
    expect(result.steps).toBe(31)
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(31)
  })
})

describe('the same request', () => {
  test.each(['ddim', 'plms', 'dpm'] as const)('makes the same picture again with %s', async (sampler) => {
    const [first, second] = [
      await follow(createParts(), ask({ sampler })),
      await follow(createParts(), ask({ sampler })),
    ]
    expect(second.result.latents).toEqual(first.result.latents)
    expect(Buffer.from(second.result.pixels.data).equals(Buffer.from(first.result.pixels.data))).toBe(true)
  })

  test('makes another picture with another seed, prompt or eta', async () => {
    const original = (await follow(createParts(), ask())).result.latents
    const variants = [ask({ seed: 8 }), { ...ask(), prompt: 'left' }, ask({ eta: 1 })]
    for (const variant of variants) {
      expect((await follow(createParts(), variant)).result.latents).not.toEqual(original)
    }
  })

  test("starts from the seed's own noise, and draws on from there", async () => {
    const noise = new TorchGenerator(settings.seed).randn([1, 2, 8, 16])
    const drawn = await follow(createParts(), ask({ eta: 1 }))
    const given = await follow(createParts(), { ...ask({ eta: 1 }), noise })
    expect(given.result.latents).toEqual(drawn.result.latents)
  })

  test('with one step of DDIM and full noise is what the formula says', async () => {
    const parts = {
      ...createParts(),
      denoiser: { predictNoise: async ({ dims }: Tensor) => tensor(new Float32Array(256), dims) },
    }
    const { result } = await follow(parts, ask({ steps: 1, eta: 1, guidance: 1 }))
    const torch = new TorchGenerator(settings.seed)
    const [start, noise] = [torch.randn([1, 2, 8, 16]).data, torch.randn([1, 2, 8, 16]).data]
    const [previous = 0, alpha = 0] = parts.alphasCumprod
    const sigma = Math.sqrt(((1 - previous) / (1 - alpha)) * (1 - alpha / previous))
    for (const [i, value] of result.latents.data.entries()) {
      expect(value).toBeCloseTo(Math.sqrt(previous / alpha) * (start[i] ?? 0) + sigma * (noise[i] ?? 0), 5)
    }
  })
})

describe('a context given whole', () => {
  const context = tensor(Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0), [1, 2, DIM])

  test('needs neither text encoder nor database', async () => {
    const parts = createParts()
    const { events, result } = await follow(parts, {
      context,
      settings: { ...settings, guidance: 1 },
      now: createClock(),
    })
    expect(events.map(labelEvent)).toEqual(['denoise', 'step 1/4', 'step 2/4', 'step 3/4', 'step 4/4', 'decode'])
    expect(parts.forwards[0]?.context).toEqual(context)
    expect(result.neighbours).toEqual([])
    expect(result.milliseconds).toMatchObject({ text: 0, search: 0 })
  })

  test('of another width than the model takes is refused', async () => {
    const narrow = tensor(Float32Array.of(1, 0), [1, 1, 2])
    await expect(follow(createParts(), { context: narrow, settings, now: createClock() })).rejects.toThrow(
      /context: \[1, 1, 2\] does not fit/,
    )
  })
})

test('after return() nothing more is asked of the model', async () => {
  const parts = createParts()
  const generator = generate(parts, ask())
  for await (const event of generator) {
    if (event.kind === 'step' && event.step === 2) {
      break
    }
  }
  expect(parts.forwards).toHaveLength(2)
  expect((await generator.next()).done).toBe(true)
  expect(parts.forwards).toHaveLength(2)
})

test("each step's predicted clean latents have the latents' shape", async () => {
  const { events } = await follow(createParts(), ask({ sampler: 'plms' }))
  const shapes = events.flatMap((event) => (event.kind === 'step' ? [event.predictedX0.dims] : []))
  expect(shapes).toEqual(Array(4).fill([1, 2, 8, 16]))
})

test('noise of another shape is refused', async () => {
  const noise = tensor(new Float32Array(128), [1, 2, 8, 8])
  await expect(follow(createParts(), { ...ask(), noise })).rejects.toThrow(/noise: \[1, 2, 8, 8\] does not fit/)
})

describe('settings out of range are refused before any work', () => {
  test.each<[string, Partial<GenerationSettings>]>([
    ['k', { k: 21 }],
    ['k', { k: 1.5 }],
    ['seed', { seed: 2 ** 53 }],
    ['steps', { steps: 0 }],
    ['steps', { steps: 1001 }],
    ['guidance', { guidance: -1 }],
    ['guidance', { guidance: Number.NaN }],
    ['eta', { eta: 1.1 }],
    ['eta', { eta: 0.5, sampler: 'plms' }],
    ['eta', { eta: 0.5, sampler: 'dpm' }],
    ['width', { width: 200 }],
    ['height', { height: 0 }],
  ])('%s', async (setting, changes) => {
    const refusal = await generate(createParts(), ask(changes))
      .next()
      .then(
        () => null,
        (error: unknown) => error,
      )
    expect(refusal).toBeInstanceOf(SettingsError)
    expect(refusal).toMatchObject({ setting })
  })

  test('the error names the value', async () => {
    await expect(generate(createParts(), ask({ height: 200 })).next()).rejects.toThrow(
      'height: 200 is not a multiple of 128',
    )
  })
})
