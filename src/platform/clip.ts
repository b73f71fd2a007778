// CLIP's text tower through transformers.js, on the app's own ONNX Runtime and the pack's own files: nothing is fetched elsewhere.

import { scaleToUnit } from '../core/diffusion/conditioning.ts'
import type { TextEncoder } from '../core/diffusion/model-parts.ts'
import { fitTokens } from '../core/diffusion/prompt-tokens.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { CLIP_TOWERS } from '../core/pack/clip-folder.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import type { OnnxRuntime } from './onnx-session.ts'

/** An address that no server has: transformers.js asks for it, and `packFetch` answers. */
const PACK_ROOT = '/pack-files/'

/** What `loadTextEncoder` reads of the pack's CLIP folder. */
export const TEXT_ENCODER_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', CLIP_TOWERS.text]

export interface LoadedTextEncoder extends TextEncoder {
  release(): Promise<void>
}

/**
 * Loads the tokenizer and the text tower (on the CPU) of the pack's CLIP folder.
 * Rejects with FormatError where a file of it is missing or damaged.
 */
export async function loadTextEncoder(
  runtime: OnnxRuntime,
  files: Pick<PackFiles, 'read'>,
  clip: ClipDescription,
): Promise<LoadedTextEncoder> {
  // Read once by transformers.js, as it is imported: without it the library would bring its own runtime from a CDN.
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime.ort })
  const { AutoTokenizer, CLIPTextModelWithProjection, Tensor, env } = await import('@xenova/transformers')
  const asked = packFetch(files)
  Object.assign(env, {
    allowRemoteModels: false,
    allowLocalModels: true,
    localModelPath: PACK_ROOT,
    useBrowserCache: false,
    useWasmCache: false,
    fetch: asked.fetch,
  })
  const session_options = { executionProviders: [{ name: 'wasm' }] }
  const [tokenizer, model] = await asked.orItsError(
    Promise.all([
      AutoTokenizer.from_pretrained(clip.folder),
      // 'auto' because the library knows no device names when the runtime is given; the options decide.
      runtime.exclusively(() =>
        CLIPTextModelWithProjection.from_pretrained(clip.folder, { dtype: 'fp32', device: 'auto', session_options }),
      ),
    ]),
  )
  return {
    async encodeText(prompt) {
      const whole = tokenizer.encode(prompt)
      const { ids, cut } = fitTokens(whole, clip.maxTokens)
      const row = (values: readonly number[]) =>
        new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
      const feeds = { input_ids: row(ids), attention_mask: row(ids.map((_, at) => (at < whole.length ? 1 : 0))) }
      const { text_embeds } = (await runtime.exclusively(() => model(feeds))) as { text_embeds: { data: Float32Array } }
      return {
        embedding: scaleToUnit(Float32Array.from(text_embeds.data), 'prompt'),
        tokenCount: whole.length,
        maxTokens: clip.maxTokens,
        cutText: cut.length === 0 ? '' : tokenizer.decode([...cut], { skip_special_tokens: true }).trim(),
      }
    },
    release: () => runtime.exclusively(async () => void (await model.dispose())),
  }
}

/** A `fetch` that reads the pack, and the error that a read failed with: the library itself would only speak of 404. */
function packFetch(files: Pick<PackFiles, 'read'>) {
  let failure: unknown = null
  return {
    async fetch(url: unknown): Promise<Response> {
      const path = String(url)
      if (!path.startsWith(PACK_ROOT)) throw new FormatError('pack', `${path} is not a file of the pack`)
      try {
        return new Response((await files.read(path.slice(PACK_ROOT.length))) as Uint8Array<ArrayBuffer>)
      } catch (error) {
        failure ??= error
        return new Response(null, { status: 404 })
      }
    },
    async orItsError<T>(loading: Promise<T>): Promise<T> {
      try {
        return await loading
      } catch (error) {
        throw failure ?? error
      }
    },
  }
}
