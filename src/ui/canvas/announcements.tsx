// Tells a screen reader how the picture comes along, once for each phase, and what a press far from the wall changed there.

import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

export function Announcements() {
  const phase = useApp((state) => (state.job.kind === 'running' ? state.job.phase : null))
  const onWall = useApp((state) => state.picture?.recipe.prompt ?? null)
  const taken = useApp((state) => state.takenRecipe?.prompt ?? null)
  const failed = useApp((state) => state.job.kind === 'failed')
  let words = ''
  if (phase) words = strings.progress[phase]
  else if (taken) words = strings.recipe.taken(taken)
  else if (onWall && !failed) words = strings.canvas.onWall(onWall)
  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  )
}
