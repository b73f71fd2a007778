// The picture on the wall, what is happening to it, and what can be done with it.

import { type CSSProperties, type RefObject, useEffect, useRef, useState } from 'react'
import { useApp, useStyleName } from '../store-context.ts'
import { strings } from '../strings.ts'
import { Notices } from '../trouble/notices.tsx'
import { Trouble } from '../trouble/trouble.tsx'
import { Announcements } from './announcements.tsx'
import { PictureCaption } from './picture-caption.tsx'
import { PreviewCanvas } from './preview-canvas.tsx'
import { Progress } from './progress.tsx'
import './wall.css'

interface PreviewShown {
  readonly isShown: boolean
  readonly imageRef: RefObject<HTMLImageElement | null>
  readonly onLoad: () => void
}

/** True from the first preview until the finished picture has loaded, or the job ended without one. */
function usePreviewShown(): PreviewShown {
  const job = useApp((state) => state.job)
  const url = useApp((state) => state.picture?.url)
  const [isShown, setShown] = useState(false)
  const imageRef = useRef<HTMLImageElement>(null)
  const hasPreview = job.kind === 'running' && job.preview !== null
  const isRunning = job.kind === 'running'

  useEffect(() => {
    if (hasPreview) setShown(true)
  }, [hasPreview])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new url starts a new load, so `complete` must be read again
  useEffect(() => {
    if (!isRunning && (imageRef.current?.complete ?? true)) setShown(false)
  }, [isRunning, url])

  return {
    isShown,
    imageRef,
    onLoad: () => {
      if (!isRunning) setShown(false)
    },
  }
}

interface WallProps {
  readonly onOpenSettings: () => void
}

export function Wall({ onOpenSettings }: WallProps) {
  const job = useApp((state) => state.job)
  const picture = useApp((state) => state.picture)
  const failure = useApp((state) => {
    if (state.job.kind === 'failed') return state.job.failure
    return state.pack.kind === 'failed' ? state.pack.failure : null
  })
  const packFailed = useApp((state) => state.pack.kind === 'failed')
  const settings = useApp((state) => state.settings)
  const styleName = useStyleName(picture?.recipe.databaseId ?? null)
  const { isShown, imageRef, onLoad } = usePreviewShown()

  const size = isShown && job.kind === 'running' ? job : (picture?.recipe ?? settings)
  const running = job.kind === 'running' ? job : null

  return (
    <section className="wall" aria-label={strings.canvas.result}>
      <div className="wall-space">
        <div className="wall-picture" style={{ '--ratio': size.width / size.height } as CSSProperties}>
          {picture ? (
            <img
              ref={imageRef}
              src={picture.url}
              alt={strings.canvas.result}
              aria-describedby="picture-caption"
              aria-busy={running !== null}
              width={picture.recipe.width}
              height={picture.recipe.height}
              onLoad={onLoad}
            />
          ) : (
            <p className="empty-frame">{strings.canvas.empty}</p>
          )}
          <PreviewCanvas
            preview={running?.preview ?? null}
            progress={running ? running.step / Math.max(1, running.steps) : 1}
            isShown={isShown}
          />
        </div>
      </div>
      <div className="wall-status">
        {running && <Progress job={running} />}
        {!running && failure && (
          <Trouble
            failure={failure}
            during={packFailed && job.kind !== 'failed' ? 'opening' : 'making'}
            onOpenSettings={onOpenSettings}
          />
        )}
        {picture && (
          <PictureCaption picture={picture} styleName={styleName} isHidden={running !== null || failure !== null} />
        )}
      </div>
      <Notices />
      <Announcements />
    </section>
  )
}
