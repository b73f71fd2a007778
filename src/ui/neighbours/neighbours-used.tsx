// The pictures that the model looked at, nearest first, with how near each is to the words.

import type { ShownNeighbour, Style } from '../../state/app-state.ts'
import { useApp, useStyleName } from '../store-context.tsx'
import { strings } from '../strings.ts'
import './neighbours-used.css'

const NONE: readonly ShownNeighbour[] = []

export function NeighboursUsed() {
  const picture = useApp((state) => state.picture)
  const running = useApp((state) => (state.job.kind === 'running' ? state.job : null))
  const chosenId = useApp((state) => state.styleId)
  const styles = useApp((state) => state.styles)
  const asked = useApp((state) => state.settings.k)

  // The last picture's neighbours stay until the new search has its own.
  const ofRunning = running !== null && running.neighbours.length > 0
  const neighbours = ofRunning ? running.neighbours : (picture?.neighbours ?? NONE)
  const styleId = ofRunning ? chosenId : (picture?.recipe.databaseId ?? null)
  const styleName = useStyleName(styleId)
  const style = styles.find(({ id }) => id === styleId)

  let words: string
  if (neighbours.length > 0) words = strings.neighbours.explained(neighbours.length, styleName, style?.rows ?? null)
  else if (running && asked > 0) words = strings.neighbours.searching
  else if (!picture) words = strings.neighbours.notYet
  else {
    const { length } = picture.recipe.neighbourIds
    words = length > 0 ? strings.neighbours.elsewhere(length, styleName) : strings.neighbours.none
  }

  return (
    <section className="neighbours">
      <h2 id="neighbours-label" className="heading">
        {strings.neighbours.label}
      </h2>
      <p className="note">{words}</p>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="neighbours-list" role="list" aria-labelledby="neighbours-label">
        {neighbours.map((neighbour) => (
          <NeighbourItem key={neighbour.id} neighbour={neighbour} />
        ))}
      </ul>
      {neighbours.length === 0 && style && style.covers.length > 0 && <Samples style={style} />}
    </section>
  )
}

/** A few pictures of the style, where the neighbours themselves are not known. */
function Samples({ style }: { readonly style: Style }) {
  return (
    <figure className="samples">
      {style.covers.map((cover) => (
        <img key={cover} src={cover} alt="" decoding="async" />
      ))}
      <figcaption>{strings.neighbours.samples(style.name)}</figcaption>
    </figure>
  )
}

function NeighbourItem({ neighbour }: { readonly neighbour: ShownNeighbour }) {
  const caption = neighbour.caption || strings.neighbours.untitled
  return (
    <li className="neighbour" title={caption}>
      {neighbour.url === null ? (
        <span className="neighbour-words">{caption}</span>
      ) : (
        <img src={neighbour.url} alt={caption} decoding="async" />
      )}
      <span className="neighbour-score">
        <span aria-hidden="true">{strings.neighbours.score(neighbour.score)}</span>
        <span className="visually-hidden">{strings.neighbours.scoreLabel(neighbour.score)}</span>
      </span>
    </li>
  )
}
