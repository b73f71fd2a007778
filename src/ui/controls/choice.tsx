// One of a few words, side by side, as native radio buttons.

import { useId } from 'react'
import './choice.css'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly note: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly name: string }[]
  readonly onChange: (value: T) => void
}

export function Choice<T extends string>({ label, note, value, options, onChange }: ChoiceProps<T>) {
  const id = useId()
  return (
    <div className="setting setting-wide">
      <span id={`${id}-label`} className="setting-label">
        {label}
      </span>
      <div className="choice" role="radiogroup" aria-labelledby={`${id}-label`} aria-describedby={`${id}-note`}>
        {options.map((option) => (
          <label key={option.value} className="choice-option">
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.name}</span>
          </label>
        ))}
      </div>
      <p id={`${id}-note`} className="setting-note">
        {note}
      </p>
    </div>
  )
}
