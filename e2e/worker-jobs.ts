// Speaks the page's own protocol to a generate worker of the test's own: the page keeps neither latents nor previews.

import type { Page } from '@playwright/test'
import type { GenerationSettings } from '../src/core/diffusion/recipe.ts'
import type { BackendChoice, Jobs } from '../src/protocol/jobs.ts'

export interface WorkerRun {
  /** The backend's name. */
  readonly backend: string
  readonly latents: readonly number[]
  /** The last preview; null where the pack has no map from latents to colours. */
  readonly preview: Pixels | null
  readonly picture: Pixels
}

/** RGBA, row by row. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: readonly number[]
}

/** Opens the built-in pack in a worker beside the page's, and makes one picture in its first style. */
export async function runInWorker(
  page: Page,
  request: { readonly backend: BackendChoice; readonly prompt: string; readonly settings: GenerationSettings },
): Promise<WorkerRun> {
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  if (worker === undefined) throw new Error('the page has no generate worker')
  return page.evaluate(
    async ({ script, backend, prompt, settings }) => {
      const worker = new Worker(script, { type: 'module' })
      let lastId = 0
      let build = ''
      let preview: ImageBitmap | null = null
      const run = <Name extends keyof Jobs>(name: Name, input: Jobs[Name]['input']): Promise<Jobs[Name]['output']> =>
        new Promise((resolve, reject) => {
          const id = ++lastId
          worker.addEventListener('message', ({ data }) => {
            if (data.id !== id) return
            if (data.kind === 'event' && data.event.kind === 'step') preview = data.event.preview
            if (data.kind === 'done') resolve(data.output)
            if (data.kind === 'failed') reject(new Error(`${data.error.code}: ${data.error.message}`))
          })
          worker.postMessage({ kind: 'run', id, build, name, input })
        })
      const pixelsOf = (bitmap: ImageBitmap) => {
        const { width, height } = bitmap
        const context = new OffscreenCanvas(width, height).getContext('2d')
        if (context === null) throw new Error('no 2d context')
        context.drawImage(bitmap, 0, 0)
        return { width, height, data: [...context.getImageData(0, 0, width, height).data] }
      }
      const url = new URL('packs/kindred-mini/', location.href).href
      const opening = { pack: { kind: 'url', url }, backend } as const
      // A worker refuses pages of another build, and names its own.
      const refusal = await run('open-pack', opening).catch(String)
      build = /worker (\w+)/.exec(String(refusal))?.[1] ?? ''
      const opened = await run('open-pack', opening)
      const styleId = opened.pack.styles[0]?.id ?? ''
      const { latents, png } = await run('generate', {
        prompt,
        styleId,
        settings,
        resume: null,
        tileSide: Number.POSITIVE_INFINITY,
      })
      worker.terminate()
      return {
        backend: opened.backend.name,
        latents: [...latents.data],
        preview: preview === null ? null : pixelsOf(preview),
        picture: pixelsOf(await createImageBitmap(png)),
      }
    },
    { script: worker.url(), ...request },
  )
}
