// CLIP's image tower over a session: prepared pictures in, embeddings out.

import { FormatError } from '../formats/format-error.ts'
import type { InferenceSession } from '../pack/inference.ts'
import type { ClipDescription } from '../pack/manifest.ts'

export interface ImageTower {
  /**
   * @param pictures as `prepareForClip` makes them, [3, side, side] each
   * @returns one embedding for each, [dim], as the graph gives it: not scaled
   */
  embed(pictures: readonly Float32Array[]): Promise<Float32Array[]>
}

/** @throws FormatError where the graph has another output than CLIP's */
export function createImageTower(
  session: Pick<InferenceSession, 'run'>,
  { imageSide: side, dim }: Pick<ClipDescription, 'imageSide' | 'dim'>,
): ImageTower {
  return {
    async embed(pictures) {
      const size = 3 * side * side
      const data = new Float32Array(pictures.length * size)
      for (const [i, picture] of pictures.entries()) data.set(picture, i * size)
      const outputs = await session.run({ pixel_values: { dims: [pictures.length, 3, side, side], data } })
      const embeds = outputs.image_embeds
      if (embeds?.data.length !== pictures.length * dim) {
        throw new FormatError('pack', `the image tower gives no image_embeds [${pictures.length}, ${dim}]`)
      }
      return pictures.map((_, i) => embeds.data.slice(i * dim, (i + 1) * dim))
    },
  }
}
