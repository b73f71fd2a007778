// The first visit's picture, which comes with the app and carries its recipe.

import type { Recipe } from '../core/diffusion/recipe.ts'
import { extractRecipe } from '../core/formats/png-metadata.ts'

/** @returns null where the app came without an exhibit. The caller revokes the URL. */
export async function loadExhibit(file: URL): Promise<{ readonly url: string; readonly recipe: Recipe } | null> {
  const response = await fetch(file)
  if (!response.ok || response.headers.get('content-type') !== 'image/png') return null
  const bytes = new Uint8Array(await response.arrayBuffer())
  const recipe = extractRecipe(bytes)
  if (recipe === null) return null
  return { url: URL.createObjectURL(new Blob([bytes], { type: 'image/png' })), recipe }
}
