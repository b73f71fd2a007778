// The bodies of the generate worker's jobs, over the pack that the first of them opens.

import { type GenerateEvent, generate } from '../src/core/diffusion/generate.ts'
import type { GivenPicture } from '../src/core/diffusion/given-picture.ts'
import { projectLatents } from '../src/core/diffusion/latents.ts'
import type { GenerationSettings, Recipe, Steering } from '../src/core/diffusion/recipe.ts'
import { validateSettings } from '../src/core/diffusion/validate-settings.ts'
import { embedRecipe } from '../src/core/formats/png-metadata.ts'
import type { PackParsers } from '../src/core/pack/pack-parser.ts'
import { loadPack, type OpenedPack, type OpeningProgress } from '../src/platform/opened-pack.ts'
import { encodePng, toBitmap } from '../src/platform/pixels.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { GenerateJobEvent } from '../src/protocol/jobs.ts'
import { nextMacrotask } from '../src/protocol/next-macrotask.ts'
import { tellLatest } from '../src/protocol/progress.ts'
import { unlessAborted } from '../src/protocol/unless-aborted.ts'
import { createMapJobs } from './map-jobs.ts'
import { type SteeredStyle, steerStyle } from './steered-style.ts'

export function createGenerateJobs(parsers: PackParsers): JobHandlers {
  let opened: OpenedPack | null = null

  function requirePack(): OpenedPack {
    if (opened === null) throw new JobError('internal', 'no pack is open')
    return opened
  }

  return {
    async *'open-pack'({ pack, backend }) {
      const loading = tellLatest<OpeningProgress, OpenedPack>((tell) => loadPack(pack, backend, parsers, tell))
      for (;;) {
        const { done, value } = await loading.next()
        if (done) {
          opened = value
          return { pack: value.summary, backend: value.backend }
        }
        yield { kind: 'progress', ...value }
      }
    },

    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *'style-cover'({ styleId, count }) {
      const style = await requirePack().styles.open(styleId)
      return { thumbnails: await style.cover(count) }
    },

    async *'style-neighbours'({ styleId, ids }) {
      const style = await requirePack().styles.open(styleId)
      const rows = ids.map((id) => ({ id, row: style.ids.indexOf(id), score: 0 })).filter(({ row }) => row >= 0)
      const pictures = await style.picture(rows)
      return { neighbours: pictures.map(({ id, caption, thumbnail }) => ({ id, caption, thumbnail })) }
    },

    ...createMapJobs(requirePack),

    async *generate({ prompt, styleId, settings, steering, resume, tileSide }, signal) {
      const pack = requirePack()
      if (prompt.trim() === '') throw new JobError('invalid-input', 'the prompt is empty')
      validateSettings(settings)
      // Opened while the words are read, and waited for when it is searched; a cancel leaves what is fetched to arrive behind.
      const style = unlessAborted(signal, steerStyle(pack.styles, styleId, steering, pack.clip))
      const index = style.then((opened) => opened.index)
      index.catch(() => undefined)
      const pause = async () => {
        await nextMacrotask()
        signal.throwIfAborted()
      }
      const source = { prompt, textEncoder: pack.textEncoder, index, pause }
      const mostSide = Math.min(tileSide, pack.tileSide(settings))
      const request = { ...source, settings, tileSide: mostSide, now: () => performance.now() }
      const run = generate(pack.parts, resume === null ? request : { ...request, resume })
      for (;;) {
        const { done, value } = await run.next()
        if (done) {
          const neighbourIds = value.neighbours.map(({ id }) => id)
          const hash = await (await style).hash()
          const recipe = writeRecipe(pack, hash, { prompt, styleId, settings, steering, neighbourIds })
          const png = embedRecipe(await encodePng(value.pixels), recipe)
          return {
            png: new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }),
            recipe,
            latents: value.latents,
            steps: value.steps,
            milliseconds: value.milliseconds,
          }
        }
        const event = await translate(value, pack, style)
        if (event !== null) yield event
      }
    },
  }
}

/** What the page is told of an event of the core's; null where it is told nothing. */
async function translate(
  event: GenerateEvent,
  { manifest }: OpenedPack,
  style: Promise<SteeredStyle>,
): Promise<GenerateJobEvent | null> {
  switch (event.kind) {
    case 'phase':
    case 'tile':
      return event
    case 'prompt': {
      const { tokenCount, maxTokens, cutText } = event.embedding
      return tokenCount > maxTokens ? { kind: 'prompt-cut', tokenCount, maxTokens, cutText } : null
    }
    case 'neighbours':
      return { kind: 'neighbours', neighbours: await (await style).picture(event.neighbours) }
    case 'step': {
      const { latentToRgb } = manifest.diffusion
      const preview = latentToRgb && (await toBitmap(projectLatents(event.predictedX0, latentToRgb)))
      // Copied, as the host transfers what a job tells, and the run goes on with these tensors.
      return { kind: 'step', step: event.step, steps: event.steps, preview, reached: structuredClone(event.reached) }
    }
  }
}

interface Request {
  readonly prompt: string
  readonly styleId: string
  readonly settings: GenerationSettings
  readonly steering: Steering | undefined
  readonly neighbourIds: readonly string[]
}

function writeRecipe(
  { summary }: OpenedPack,
  databaseHash: string,
  { prompt, styleId, settings, steering, neighbourIds }: Request,
): Recipe {
  return {
    ...settings,
    version: 1,
    prompt,
    databaseId: styleId,
    databaseHash,
    neighbourIds,
    packId: summary.id,
    packHash: summary.hash,
    ...(steering === undefined ? {} : { steering: keepForRecipe(steering) }),
  }
}

/** Without the thumbnails: a recipe travels with its picture, and says of given ones only what painting again needs. */
function keepForRecipe({ pins, bans, mix, added, query, toward }: Steering): Steering {
  const keep = ({ id, name, clipId, embedding }: GivenPicture): GivenPicture => ({ id, name, clipId, embedding })
  return {
    ...{ pins, bans, mix },
    ...(added === undefined ? {} : { added: added.map(keep) }),
    ...(query === undefined ? {} : { query: keep(query) }),
    ...(toward === undefined ? {} : { toward }),
  }
}
