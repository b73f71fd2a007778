// The pictures that the model looks at, nearest first: on the map, and as a list in which each can be pinned or left out.

import { useMemo } from 'react'
import { choosePicture, nameOfChosen } from '../../core/diffusion/recipe.ts'
import { NO_STEERING, nameOfNeighbour, type ShownNeighbour, type Style } from '../../state/app-state.ts'
import { questionOf } from '../../state/constellation-state.ts'
import { Constellation } from '../constellation/constellation.tsx'
import { useConstellation, useConstellationActions } from '../constellation/constellation-context.ts'
import { PinIcon, StarIcon } from '../controls/icons.tsx'
import { useActions, useApp, useStyleName } from '../store-context.ts'
import { type Asked, strings } from '../strings.ts'
import { GivenPictures } from './given-pictures.tsx'
import { countListed, type ListedNeighbours, pickNeighbours, wasGiven } from './pick-neighbours.ts'
import './neighbours-used.css'

const HINT_ID = 'neighbours-hint'

export function NeighboursUsed() {
  const listed = useListedNeighbours()
  const { neighbours, styleId } = listed
  const styles = useApp((state) => state.styles)
  const chosenId = useApp((state) => state.styleId)
  const style = styles.find(({ id }) => id === styleId)
  const canSteer = styleId === chosenId && neighbours.length > 0
  const map = useConstellation((state) => state.map)
  const onMap = useMemo(() => new Set(map?.styleId === styleId ? map?.ids : []), [map, styleId])
  return (
    <section className="neighbours">
      <h2 id="neighbours-label" className="heading">
        {strings.neighbours.label}
      </h2>
      <Explained listed={listed} style={style} />
      <Constellation />
      <ul
        className="neighbours-list"
        // biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers
        role="list"
        // It scrolls sideways, and without buttons in it nothing else takes the keys
        tabIndex={canSteer || neighbours.length === 0 ? undefined : 0}
        aria-labelledby="neighbours-label"
      >
        {neighbours.map((neighbour) => (
          <NeighbourItem
            key={nameOfNeighbour(neighbour, styleId)}
            neighbour={neighbour}
            canSteer={canSteer}
            isOnMap={isOwn(neighbour, styleId) && onMap.has(neighbour.id)}
          />
        ))}
      </ul>
      {canSteer && (
        <p className="note neighbours-hint">
          <span id={HINT_ID}>{strings.neighbours.steer}</span> {strings.neighbours.steerStar}
        </p>
      )}
      <LeftOut />
      <GivenPictures />
    </section>
  )
}

function useListedNeighbours(): ListedNeighbours {
  const job = useApp((state) => state.job)
  const picture = useApp((state) => state.picture)
  const placement = useConstellation((state) => state.placement)
  const question = useQuestion()
  return useMemo(
    () => pickNeighbours({ job, picture, styleId: question?.styleId ?? null }, question, placement),
    [job, picture, question, placement],
  )
}

/** What the page would ask now. */
function useQuestion() {
  const prompt = useApp((state) => state.prompt)
  const styleId = useApp((state) => state.styleId)
  const settings = useApp((state) => state.settings)
  const steering = useApp((state) => state.steering)
  return useMemo(() => questionOf({ prompt, styleId, settings, steering }), [prompt, styleId, settings, steering])
}

function Explained({ listed, style }: { readonly listed: ListedNeighbours; readonly style: Style | undefined }) {
  const { kind, neighbours, styleId } = listed
  const picture = useApp((state) => state.picture)
  const isSearching = useApp((state) => state.job.kind === 'running' && state.settings.k > 0)
  const styleName = useStyleName(styleId)
  const of = style === undefined ? null : { rows: style.rows, hasPictures: style.hasPictures ?? true }
  const now = useApp(({ steering, styleId: chosen }) => steering.get(chosen ?? ''))
  const isOfPicture = kind === 'used' && picture !== null && !isSearching
  const steering = isOfPicture ? picture.recipe.steering : now
  const asked: Asked = {
    by: steering?.query === undefined ? 'words' : 'picture',
    isMoved: steering?.toward !== undefined,
  }
  const say = () => {
    const { explained, foreseen, onlyChosen, searching, notYet, elsewhere, none, noneAhead } = strings.neighbours
    const counts = countListed(listed, steering)
    if (counts.own + counts.mixed > 0) {
      return (kind === 'used' ? explained : foreseen)(counts, { style: styleName, of }, asked)
    }
    if (neighbours.length > 0) return onlyChosen(counts)
    if (isSearching) return searching
    if (kind === 'foreseen') return noneAhead
    if (!picture) return notYet
    const { length } = picture.recipe.neighbourIds
    return length > 0 ? elsewhere(length, styleName) : none
  }
  return <p className="note neighbours-explained">{say()}</p>
}

interface NeighbourItemProps {
  readonly neighbour: ShownNeighbour
  readonly canSteer: boolean
  /** Whether it is the chosen style's own, so that the star can be drawn to it. */
  readonly isOnMap: boolean
}

function NeighbourItem({ neighbour, canSteer, isOnMap }: NeighbourItemProps) {
  const caption = neighbour.caption || (neighbour.url === null ? neighbour.id : strings.neighbours.untitled)
  const { isPinned, press } = useSteered(neighbour)
  const picture =
    neighbour.url === null ? (
      <span className="neighbour-words">{caption}</span>
    ) : (
      <img src={neighbour.url} alt={caption} decoding="async" />
    )
  return (
    <li className="neighbour" title={caption} data-pinned={isPinned || undefined}>
      {canSteer ? (
        <button
          type="button"
          className="neighbour-button"
          aria-pressed={isPinned}
          aria-describedby={HINT_ID}
          onClick={press}
        >
          {picture}
        </button>
      ) : (
        picture
      )}
      <span className="neighbour-score">
        {neighbour.score !== null && (
          <>
            <span aria-hidden="true">{strings.neighbours.score(neighbour.score)}</span>
            <span className="visually-hidden">{strings.neighbours.scoreLabel(neighbour.score)}</span>
          </>
        )}
        {isPinned && (
          <>
            <PinIcon />
            <span className="visually-hidden">{strings.neighbours.pinned}</span>
          </>
        )}
      </span>
      {canSteer && isOnMap && <DrawStar id={neighbour.id} caption={caption} />}
    </li>
  )
}

function isOwn({ databaseId, isGiven }: ShownNeighbour, styleId: string | null): boolean {
  return !isGiven && (databaseId ?? styleId) === styleId
}

/** Whether a neighbour is there because a person wanted it, and what a press of it does. */
function useSteered(neighbour: ShownNeighbour) {
  const { id, databaseId } = neighbour
  const styleId = useApp((state) => state.styleId)
  const steering = useApp(({ steering }) => steering.get(styleId ?? '') ?? NO_STEERING)
  const { steer, takeBack } = useActions()
  const isTaken = wasGiven(neighbour, steering)
  const chosen = choosePicture(styleId, databaseId, id)
  const name = nameOfChosen(chosen)
  return {
    isPinned: isTaken || steering.pins.some((pin) => nameOfChosen(pin) === name),
    press: () => (isTaken ? takeBack(id, 'neighbour') : steer(chosen)),
  }
}

/** What a drag of the star onto this picture would be on the map; pressed again, the star is back at the words. */
function DrawStar({ id, caption }: { readonly id: string; readonly caption: string }) {
  const isDrawn = useApp(({ steering, styleId }) => {
    const pictures = steering.get(styleId ?? '')?.toward?.pictures ?? []
    return pictures.length === 1 && pictures[0]?.id === id
  })
  const { drawStar } = useConstellationActions()
  const { turnToward } = useActions()
  const label = strings.neighbours.nearer(caption)
  return (
    <button
      type="button"
      className="neighbour-star"
      aria-label={label}
      title={label}
      aria-pressed={isDrawn}
      onClick={() => (isDrawn ? turnToward(null) : drawStar(id))}
    >
      <StarIcon />
    </button>
  )
}

/** The pictures that are never to be neighbours, each one press from being let in again. */
function LeftOut() {
  const bans = useApp(({ steering, styleId }) => (steering.get(styleId ?? '') ?? NO_STEERING).bans)
  const names = useConstellation((state) => state.captions)
  const { steer } = useActions()
  if (bans.length === 0) return null
  return (
    <div className="left-out">
      <span id="left-out-label" className="left-out-label">
        {strings.neighbours.leftOut}
      </span>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="left-out-list" role="list" aria-labelledby="left-out-label">
        {bans.map((picture) => {
          const name = nameOfChosen(picture)
          const caption = names.get(name) || strings.neighbours.untitled
          return (
            <li key={name}>
              <button
                type="button"
                className="example"
                aria-label={strings.neighbours.restore(caption)}
                onClick={() => steer(picture)}
              >
                {caption}
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
