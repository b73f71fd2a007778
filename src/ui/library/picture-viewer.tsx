// One picture of a style, as large as it is kept, over the grid; arrow keys lead to those before and after it.

import { useEffect, useLayoutEffect, useRef } from 'react'
import { countShown, type ViewedPicture } from '../../state/library-state.ts'
import { Sheet } from '../controls/sheet.tsx'
import { strings } from '../strings.ts'
import { useLibrary, useLibraryActions } from './library-context.ts'

/** A thumbnail is shown no smaller than this, in CSS pixels: it is what there is to see. */
const SMALLEST = 256

export function PictureViewer() {
  const viewed = useLibrary((state) => state.browsing?.viewed ?? null)
  const { closePicture } = useLibraryActions()
  return (
    <Sheet
      isOpen={viewed !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) closePicture()
      }}
      title={viewed && <bdi>{nameOf(viewed)}</bdi>}
      closeLabel={strings.sheet.close}
    >
      {() => viewed && <Viewed viewed={viewed} />}
    </Sheet>
  )
}

function Viewed({ viewed }: { readonly viewed: ViewedPicture }) {
  const { index, picture } = viewed
  const count = useLibrary((state) => countShown(state.browsing))
  const { viewPicture } = useLibraryActions()
  const words = strings.library.viewed

  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'ArrowLeft') viewPicture(index - 1)
      if (key === 'ArrowRight') viewPicture(index + 1)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [index, viewPicture])

  return (
    <div className="viewed">
      <div className="viewed-ground">{picture && <Drawn picture={picture} label={nameOf(viewed)} />}</div>
      <p className="note" role="status">
        {sayOf(viewed, count)}
      </p>
      <div className="viewed-ways">
        <button type="button" className="button" disabled={index === 0} onClick={() => viewPicture(index - 1)}>
          {words.previous}
        </button>
        <button type="button" className="button" disabled={index + 1 >= count} onClick={() => viewPicture(index + 1)}>
          {words.next}
        </button>
      </div>
    </div>
  )
}

function Drawn({ picture, label }: { readonly picture: ImageBitmap; readonly label: string }) {
  const canvasRef = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    // A closed picture measures 0: the store has already let go of it.
    if (picture.width > 0) canvasRef.current?.getContext('2d')?.drawImage(picture, 0, 0)
  }, [picture])
  const { width, height } = picture
  return (
    <canvas
      ref={canvasRef}
      role="img"
      aria-label={label}
      width={width}
      height={height}
      style={{ width: Math.max(width, SMALLEST) }}
    />
  )
}

function nameOf({ caption, index }: ViewedPicture): string {
  return caption || strings.library.pictureNumber(index + 1)
}

/** Where it stands, and how much of it is kept, as far as that is known. */
function sayOf({ index, picture, kept, width, height }: ViewedPicture, count: number): string {
  const words = strings.library.viewed
  return [
    words.place(index + 1, count),
    ...(width > 0 ? [words.size(width, height)] : []),
    ...(kept === null ? [] : [words.kept[kept](picture?.width ?? 0, picture?.height ?? 0)]),
  ].join(', ')
}
