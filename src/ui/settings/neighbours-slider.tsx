// How many pictures of the style the model looks at, as a slider from none to twenty.

import { useId } from 'react'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

/** The reference clips k at 20: the context holds the prompt and at most twenty neighbours. */
const MOST = 20

export function NeighboursSlider() {
  const id = useId()
  const k = useApp((state) => state.settings.k)
  const { changeSettings } = useActions()
  return (
    <div className="setting setting-wide">
      <label htmlFor={id} className="setting-label">
        {strings.settings.neighbours}
      </label>
      <div className="slider-row">
        <input
          id={id}
          type="range"
          className="slider"
          min={0}
          max={MOST}
          step={1}
          value={k}
          aria-describedby={`${id}-note`}
          onChange={(event) => changeSettings({ k: Number(event.target.value) })}
        />
        <output htmlFor={id} className="slider-value">
          {k}
        </output>
      </div>
      <p id={`${id}-note`} className="setting-note">
        {strings.settings.neighboursNote}
      </p>
    </div>
  )
}
