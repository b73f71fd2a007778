// A pack's CLIP on the command line: tokens from transformers.js, both towers on onnxruntime-node.

import { resolve } from 'node:path'
import { AutoTokenizer, env } from '@xenova/transformers'
import { scaleToUnit } from '../src/core/diffusion/conditioning.ts'
import type { ImageEncoder, TextEncoder } from '../src/core/diffusion/model-parts.ts'
import { fitTokens } from '../src/core/diffusion/prompt-tokens.ts'
import { FormatError } from '../src/core/formats/format-error.ts'
import { createImageTower, type ImageTower } from '../src/core/image/image-tower.ts'
import { prepareForClip } from '../src/core/image/resize.ts'
import { CLIP_TOWERS } from '../src/core/pack/clip-folder.ts'
import { readVerified } from '../src/core/pack/integrity.ts'
import type { ClipDescription, PackManifest } from '../src/core/pack/manifest.ts'
import { createNodeSession, type NodeSession } from './onnx-node.ts'
import { folderFiles, sha256 } from './pack-folder.ts'

/** The text tower of the pack in `packDir`. Throws FormatError where the pack has no CLIP or a file of it is not right. */
export async function createTextEncoder(packDir: string, manifest: PackManifest): Promise<TextEncoder> {
  const clip = clipOf(manifest)
  const session = await openTower(packDir, manifest, clip, CLIP_TOWERS.text)
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: resolve(packDir) })
  const tokenizer = await AutoTokenizer.from_pretrained(clip.folder)
  return {
    encodeText: async (prompt) => {
      const whole = tokenizer.encode(prompt)
      const { ids, cut } = fitTokens(whole, clip.maxTokens)
      const row = (values: readonly number[]) => ({
        dims: [1, values.length],
        data: BigInt64Array.from(values, BigInt),
      })
      const mask = row(ids.map((_, at) => (at < whole.length ? 1 : 0)))
      const feeds = session.inputNames.includes('attention_mask') ? { attention_mask: mask } : {}
      const { text_embeds: embeds } = await session.run({ input_ids: row(ids), ...feeds })
      if (!embeds) throw new FormatError('pack', `${CLIP_TOWERS.text} gives no text_embeds`)
      return {
        embedding: scaleToUnit(embeds.data, 'prompt'),
        tokenCount: whole.length,
        maxTokens: clip.maxTokens,
        cutText: cut.length === 0 ? '' : tokenizer.decode([...cut], { skip_special_tokens: true }).trim(),
      }
    },
  }
}

/** The vision tower of the pack in `packDir`, and what the pack says of its CLIP. Throws likewise. */
export async function openImageTower(
  packDir: string,
  manifest: PackManifest,
): Promise<{ readonly tower: ImageTower; readonly clip: ClipDescription }> {
  const clip = clipOf(manifest)
  return { tower: createImageTower(await openTower(packDir, manifest, clip, CLIP_TOWERS.vision), clip), clip }
}

/** The same as an encoder: pictures are prepared as the pack says. Throws likewise. */
export async function createImageEncoder(packDir: string, manifest: PackManifest): Promise<ImageEncoder> {
  const { tower, clip } = await openImageTower(packDir, manifest)
  return {
    encodeImages: async (images) => {
      const embeddings = await tower.embed(images.map((image) => prepareForClip(image, clip)))
      return embeddings.map((embedding, i) => scaleToUnit(embedding, `picture ${i}`))
    },
  }
}

function clipOf(manifest: PackManifest): ClipDescription {
  if (!manifest.clip) throw new FormatError('pack', `${manifest.id} has no CLIP`)
  return manifest.clip
}

async function openTower(
  packDir: string,
  manifest: PackManifest,
  clip: ClipDescription,
  tower: string,
): Promise<NodeSession> {
  return createNodeSession(await readVerified(folderFiles(packDir), manifest, `${clip.folder}/${tower}`, sha256))
}
