// CLIP's image tower on the app's own ONNX Runtime.

import { createImageTower, type ImageTower } from '../core/image/image-tower.ts'
import { CLIP_TOWERS } from '../core/pack/clip-folder.ts'
import type { InferenceRuntime, PackFiles } from '../core/pack/inference.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'

export interface LoadedImageTower extends ImageTower {
  release(): Promise<void>
}

/**
 * @param files the pack's, as `readChecked` gives them
 * Rejects with FormatError where the tower is missing or damaged.
 */
export async function loadImageTower(
  runtime: InferenceRuntime,
  files: Pick<PackFiles, 'read'>,
  clip: ClipDescription,
): Promise<LoadedImageTower> {
  const graph = await files.read(`${clip.folder}/${CLIP_TOWERS.vision}`)
  const session = await runtime.createSession({ graph, externalData: [], likely: {} })
  return { ...createImageTower(session, clip), release: () => session.release() }
}
