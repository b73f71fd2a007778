// The styles as a row of real pictures to push along, or all of them at once; one of them is chosen.

import { useEffect, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import type { Style } from '../../state/app-state.ts'
import { AddCard } from '../dropping/add-card.tsx'
import { ImportList } from '../dropping/import-list.tsx'
import { LibraryTroubleOnPage } from '../library/library-trouble.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import './style-picker.css'

/** Moves the keyboard's focus to the styles. */
export function focusStyles(): void {
  document.querySelector<HTMLInputElement>('.style-card input:checked, .style-card input')?.focus()
}

/** Resting on a card for so long is pointing at it, passing over it is not. */
const REST_MS = 120

/** A row of so many is seen through without a way to see them all. */
const FEW = 8

export function StylePicker() {
  const styles = useApp((state) => state.styles)
  const styleId = useApp((state) => state.styleId)
  const { setStyle } = useActions()
  const [isWhole, setWhole] = useState(false)
  const rowRef = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again whenever the choice or the cards change
  useEffect(() => {
    if (rowRef.current !== null) keepChosenInSight(rowRef.current)
  }, [styleId, styles.length, isWhole])

  useEffect(() => {
    const row = rowRef.current
    if (row === null) return
    let width = row.clientWidth
    const observer = new ResizeObserver(() => {
      // Turned, or made narrower; a strip that only grew in height stays where a person pushed it.
      if (row.clientWidth !== width) keepChosenInSight(row)
      width = row.clientWidth
    })
    observer.observe(row)
    return () => observer.disconnect()
  }, [])

  return (
    <section className="styles">
      <header className="styles-head">
        <h2 id="style-label" className="heading">
          {strings.styles.label}
        </h2>
        {styles.length > FEW && (
          <ToggleButton className="quiet-button" isSelected={isWhole} onChange={setWhole}>
            {isWhole ? strings.styles.showRow : strings.styles.showAll(styles.length)}
          </ToggleButton>
        )}
      </header>
      <ImportList />
      <div ref={rowRef} className={isWhole ? 'styles-row styles-whole' : 'styles-row'}>
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
      <LibraryTroubleOnPage />
    </section>
  )
}

/** Pushes the strip, without moving the page itself, until the chosen style's whole card shows beside the card at its end. */
function keepChosenInSight(row: HTMLElement): void {
  const card = row.querySelector<HTMLElement>('.style-card:has(:checked)')
  if (card === null || row.scrollWidth <= row.clientWidth) return
  const left = card.offsetLeft
  const right = row.clientWidth - (row.querySelector<HTMLElement>('.add-card')?.offsetWidth ?? 0)
  if (left < row.scrollLeft || left + card.offsetWidth > row.scrollLeft + right) {
    row.scrollTo({ left: left - (row.clientWidth - card.offsetWidth) / 2 })
  }
}

interface StyleCardProps {
  readonly style: Style
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function StyleCard({ style, isChosen, onChoose }: StyleCardProps) {
  const heldOutId = `held-out-${style.id}`
  const [cover, ...others] = style.covers
  const { pointAtStyle } = useActions()
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(resting.current), [])
  return (
    <label
      className="style-card"
      onPointerEnter={() => {
        resting.current = setTimeout(() => pointAtStyle(style.id), REST_MS)
      }}
      onPointerLeave={() => clearTimeout(resting.current)}
    >
      <span className="style-cover">
        {cover !== undefined && <img src={cover} alt="" loading="lazy" decoding="async" />}
        {others.length > 0 && (
          <span className="style-pictures" aria-hidden="true">
            {style.covers.slice(0, 6).map((url) => (
              <img key={url} src={url} alt="" loading="lazy" decoding="async" />
            ))}
          </span>
        )}
        <input
          type="radio"
          name="style"
          value={style.id}
          checked={isChosen}
          onChange={onChoose}
          onFocus={() => pointAtStyle(style.id)}
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
