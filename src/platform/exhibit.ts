// The first visit's picture, which comes with the app beside its recipe.

import type { Recipe } from '../core/diffusion/recipe.ts'

/** @returns null where the app came without an exhibit. Its recipe is a file of the app's own and taken as it is. */
export async function loadExhibit(folder: URL): Promise<{ readonly url: string; readonly recipe: Recipe } | null> {
  const response = await fetch(new URL('exhibit.json', folder))
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return null
  const recipe: Recipe = await response.json()
  return { url: new URL('exhibit.png', folder).href, recipe }
}
