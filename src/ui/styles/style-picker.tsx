// The styles as a row of real pictures to push along, one of which is chosen.

import { useEffect, useRef } from 'react'
import type { Style } from '../../state/app-state.ts'
import { AddCard } from '../dropping/add-card.tsx'
import { ImportList } from '../dropping/import-list.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import './style-picker.css'

/** Moves the keyboard's focus to the styles. */
export function focusStyles(): void {
  document.querySelector<HTMLInputElement>('.style-card input:checked, .style-card input')?.focus()
}

export function StylePicker() {
  const styles = useApp((state) => state.styles)
  const styleId = useApp((state) => state.styleId)
  const { setStyle } = useActions()
  const rowRef = useRef<HTMLDivElement>(null)

  // The chosen style should be in sight, without moving the page itself.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again whenever the choice or the cards change
  useEffect(() => {
    const row = rowRef.current
    const card = row?.querySelector<HTMLElement>('.style-card:has(:checked)')
    if (!row || !card || row.scrollWidth <= row.clientWidth) return
    const left = card.offsetLeft
    const right = row.clientWidth - (row.querySelector<HTMLElement>('.add-card')?.offsetWidth ?? 0)
    if (left < row.scrollLeft || left + card.offsetWidth > row.scrollLeft + right) {
      row.scrollTo({ left: left - (row.clientWidth - card.offsetWidth) / 2 })
    }
  }, [styleId, styles.length])

  return (
    <section className="styles">
      <h2 id="style-label" className="heading">
        {strings.styles.label}
      </h2>
      <div ref={rowRef} className="styles-row">
        {styles.length === 0 && <p className="note styles-opening">{strings.styles.opening}</p>}
        <div className="styles-choice" role="radiogroup" aria-labelledby="style-label">
          {styles.map((style) => (
            <StyleCard
              key={style.id}
              style={style}
              isChosen={style.id === styleId}
              onChoose={() => setStyle(style.id)}
            />
          ))}
        </div>
        <AddCard />
      </div>
      {styles.some(({ heldOut }) => heldOut) && <p className="note">{strings.styles.heldOutNote}</p>}
      <ImportList />
    </section>
  )
}

interface StyleCardProps {
  readonly style: Style
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function StyleCard({ style, isChosen, onChoose }: StyleCardProps) {
  const heldOutId = `held-out-${style.id}`
  const [cover] = style.covers
  return (
    <label className="style-card">
      <span className="style-cover">
        {cover !== undefined && <img src={cover} alt="" loading="lazy" decoding="async" />}
        <input
          type="radio"
          name="style"
          value={style.id}
          checked={isChosen}
          onChange={onChoose}
          aria-label={style.name}
          {...(style.heldOut ? { 'aria-describedby': heldOutId } : {})}
        />
      </span>
      <span className="style-name" title={style.name}>
        {style.name}
      </span>
      {style.heldOut && (
        <span id={heldOutId} className="style-held-out">
          {strings.styles.heldOut}
        </span>
      )}
    </label>
  )
}
