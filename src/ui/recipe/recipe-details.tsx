// A recipe in full, in the papers' words: everything needed to make the same picture again.

import type { ChosenPicture, Recipe } from '../../core/diffusion/recipe.ts'
import type { Picture } from '../../state/app-state.ts'
import { nameOfStyle } from '../name-of-style.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import './recipe-details.css'

interface RecipeDetailsProps {
  readonly recipe: Recipe
  /** Steps run and time spent; null where they were not measured here. */
  readonly run: Picture['run']
}

export function RecipeDetails({ recipe, run }: RecipeDetailsProps) {
  const words = strings.recipe
  const styles = useApp((state) => state.styles)
  const nameOf = (databaseId: string) => nameOfStyle(styles, databaseId)
  const mixed = (recipe.steering?.mix ?? []).map(({ databaseId, weight }) =>
    words.mixedStyle(nameOf(databaseId), weight),
  )
  const list = (pictures: readonly ChosenPicture[] = []) =>
    pictures.map((it) => (typeof it === 'string' ? it : words.inStyle(it.id, nameOf(it.databaseId)))).join(', ') || null
  const toward = recipe.steering?.toward
  const spent =
    run && run.milliseconds.text + run.milliseconds.search + run.milliseconds.step * run.steps + run.milliseconds.decode
  const rows: readonly (readonly [string, string | null])[] = [
    [words.prompt, recipe.prompt],
    [words.style, `${nameOf(recipe.databaseId)}, ${words.hash(recipe.databaseHash)}`],
    [words.neighbours, `${recipe.k}`],
    [words.seed, `${recipe.seed}`],
    [words.steps, words.stepsRun(recipe.steps, run?.steps ?? recipe.steps)],
    [words.sampler, strings.settings.samplers[recipe.sampler]],
    [words.eta, recipe.sampler === 'ddim' ? `${recipe.eta}` : null],
    [words.guidance, `${recipe.guidance}`],
    [words.size, strings.settings.sizeName(recipe.width, recipe.height)],
    [words.model, `${recipe.packId}, ${words.hash(recipe.packHash)}`],
    [words.time, run && spent !== null ? words.timeSpent(spent, run.milliseconds.step) : null],
    [words.pinned, list(recipe.steering?.pins)],
    [words.leftOut, list(recipe.steering?.bans)],
    [words.lookedFor, recipe.steering?.query?.name ?? null],
    [words.starDrawn, toward ? words.starShare(toward) : null],
    [words.given, recipe.steering?.added?.map(({ name }) => name).join(', ') || null],
    [words.mixed, mixed.join(', ') || null],
    [words.neighbourIds, recipe.neighbourIds.join(', ') || null],
  ]
  return (
    <dl className="recipe">
      {rows.map(
        ([term, value]) =>
          value !== null && (
            <div key={term} className="recipe-row">
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
