// A number that a person types or steps, kept within its bounds.

import { type ReactNode, useEffect, useId, useState } from 'react'

interface NumberFieldProps {
  readonly label: string
  readonly note: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** Called with each valid value, while typing too. */
  readonly onChange: (value: number) => void
  /** Stands beside the field. */
  readonly children?: ReactNode
}

/** What is typed may be unfinished or out of bounds for a moment; on leaving the field it shows the value that counts. */
export function NumberField({ label, note, value, min, max, step, onChange, children }: NumberFieldProps) {
  const id = useId()
  const [text, setText] = useState(`${value}`)

  useEffect(() => setText((shown) => (Number(shown) === value ? shown : `${value}`)), [value])

  const change = (typed: string) => {
    setText(typed)
    const number = Number(typed)
    const isWhole = Number.isInteger(step)
    if (typed.trim() === '' || !(number >= min && number <= max) || (isWhole && !Number.isInteger(number))) return
    onChange(number)
  }

  return (
    <div className="setting">
      <label htmlFor={id} className="setting-label">
        {label}
      </label>
      <div className="number-row">
        <input
          id={id}
          type="number"
          className="number-input"
          value={text}
          min={min}
          max={max}
          step={step}
          inputMode={Number.isInteger(step) ? 'numeric' : 'decimal'}
          aria-describedby={`${id}-note`}
          onChange={(event) => change(event.target.value)}
          onBlur={() => setText(`${value}`)}
        />
        {children}
      </div>
      <p id={`${id}-note`} className="setting-note">
        {note}
      </p>
    </div>
  )
}
