// Other styles mixed into the chosen one, each with its weight.

import { useId } from 'react'
import { NO_STEERING } from '../../state/app-state.ts'
import { tellApart } from '../library/tell-apart.ts'
import { nameOfStyle } from '../name-of-style.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

/** Weights run from a tenth of the chosen style's to three times it. */
const LIGHTEST = 0.1
const HEAVIEST = 3

export function MixStyles() {
  const id = useId()
  const styles = useApp((state) => state.styles)
  const styleId = useApp((state) => state.styleId)
  const { mix } = useApp((state) => state.steering.get(styleId ?? '') ?? NO_STEERING)
  const { mixIn } = useActions()
  const words = strings.settings
  const names = tellApart(styles)
  const others = styles.filter(
    (style) => style.id !== styleId && !mix.some(({ databaseId }) => databaseId === style.id),
  )
  return (
    <div className="setting setting-wide">
      <label htmlFor={id} className="setting-label">
        {words.mix}
      </label>
      <div className="mix">
        <select
          id={id}
          className="select"
          value=""
          aria-describedby={`${id}-note`}
          onChange={({ currentTarget }) => mixIn(currentTarget.value, 1)}
        >
          <option value="" disabled>
            {words.mixAdd}
          </option>
          {others.map((style) => (
            <option key={style.id} value={style.id}>
              {names.get(style.id) ?? style.name}
            </option>
          ))}
        </select>
        {mix.map(({ databaseId, weight }) => {
          const name = names.get(databaseId) ?? nameOfStyle(styles, databaseId)
          return (
            <span key={databaseId} className="mix-style">
              <bdi>{name}</bdi>
              <input
                type="range"
                min={LIGHTEST}
                max={HEAVIEST}
                step={0.1}
                value={weight}
                aria-label={words.mixWeight(name)}
                aria-valuetext={words.mixShare(weight)}
                onChange={({ currentTarget }) => mixIn(databaseId, currentTarget.valueAsNumber)}
              />
              <span className="mix-weight">{words.mixShare(weight)}</span>
              <button type="button" className="quiet-button" onClick={() => mixIn(databaseId, 0)}>
                {words.mixRemove(name)}
              </button>
            </span>
          )
        })}
      </div>
      <p id={`${id}-note`} className="setting-note">
        {words.mixNote}
      </p>
    </div>
  )
}
