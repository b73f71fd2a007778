// How far the picture has come: a thin line, the step, the time left, and a way to stop.

import { type CSSProperties, useEffect, useRef } from 'react'
import { Button, ProgressBar } from 'react-aria-components'
import type { Job } from '../../state/app-state.ts'
import { focusGenerate } from '../prompt/prompt-bar.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { bringIntoSight } from './scroll-to-wall.ts'

type RunningJob = Extract<Job, { kind: 'running' }>

export function Progress({ job }: { readonly job: RunningJob }) {
  const { cancel } = useActions()
  const pack = useApp((state) => state.pack)
  const ref = useRef<HTMLDivElement>(null)
  const isPainting = job.phase === 'denoise' && job.step > 0
  const step = strings.progress.step(job.step, job.steps)
  const phase = job.cancelling ? strings.progress.cancelling : strings.progress[job.phase]

  // Whoever asked for a picture further down sees it come, and can stop it.
  useEffect(() => {
    if (ref.current !== null) bringIntoSight(ref.current)
  }, [])

  return (
    <div ref={ref} className="progress">
      <ProgressBar
        aria-label={strings.progress.label}
        minValue={0}
        maxValue={job.steps}
        value={job.step}
        valueLabel={isPainting ? step : phase}
        className="progress-line"
        style={{ '--progress': job.step / Math.max(1, job.steps) } as CSSProperties}
      >
        <span className="progress-fill" data-waiting={job.step === 0 || undefined} />
      </ProgressBar>
      <div className="progress-words">
        <p className="progress-phase">{phase}</p>
        <p className="progress-step">
          {job.phase === 'opening' &&
            pack.kind === 'opening' &&
            pack.total > 0 &&
            strings.progress.opened(pack.loaded, pack.total)}
          {job.tiles > 0 && strings.progress.tile(job.tile, job.tiles)}
          {isPainting &&
            [step, job.secondsLeft !== null && strings.progress.timeLeft(job.secondsLeft)].filter(Boolean).join(', ')}
        </p>
      </div>
      <Button
        className="button"
        isDisabled={job.cancelling}
        onPress={() => {
          focusGenerate()
          cancel()
        }}
      >
        {strings.progress.cancel}
      </Button>
    </div>
  )
}
