// What stands in the page's fields, carried over the one reload that an update needs.

import * as v from 'valibot'
import type { GenerationSettings } from '../core/diffusion/recipe.ts'
import { settingsFields } from '../core/diffusion/settings-schema.ts'
import { validateSettings } from '../core/diffusion/validate-settings.ts'

export interface Draft {
  readonly prompt: string
  readonly styleId: string | null
  readonly settings: GenerationSettings
  readonly keepSeed: boolean
  /** The gallery entry on the wall. */
  readonly entryId: string | null
}

const KEY = 'kindred-draft'

const schema = v.object({
  version: v.literal(1),
  prompt: v.pipe(v.string(), v.maxLength(10_000)),
  styleId: v.nullable(v.string()),
  settings: v.looseObject(settingsFields),
  keepSeed: v.boolean(),
  entryId: v.nullable(v.string()),
})

/** @param storage the tab's own: `sessionStorage` */
export function saveDraft(storage: Pick<Storage, 'setItem'>, draft: Draft): void {
  storage.setItem(KEY, JSON.stringify({ version: 1, ...draft }))
}

/** The draft, which is gone from storage then; null where there is none, or none that the page could have written. */
export function takeDraft(storage: Pick<Storage, 'getItem' | 'removeItem'>): Draft | null {
  const text = storage.getItem(KEY)
  storage.removeItem(KEY)
  if (text === null) return null
  try {
    const { version: _, ...draft } = v.parse(schema, JSON.parse(text))
    validateSettings(draft.settings)
    return draft
  } catch {
    return null
  }
}
