// The seed, a die to throw for another, and whether each picture gets a new one by itself.

import { Button } from 'react-aria-components'
import { DiceIcon } from '../controls/icons.tsx'
import { NumberField } from '../controls/number-field.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

function throwDice(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}

export function SeedField() {
  const seed = useApp((state) => state.settings.seed)
  const keepSeed = useApp((state) => state.keepSeed)
  const { changeSettings, setKeepSeed } = useActions()

  // A seed that somebody chose is meant for the next picture, so it must not be replaced when that one starts.
  const chooseSeed = (chosen: number) => {
    changeSettings({ seed: chosen })
    setKeepSeed(true)
  }

  return (
    <div className="setting-group">
      <NumberField
        label={strings.settings.seed}
        note={strings.settings.seedNote}
        value={seed}
        min={0}
        max={Number.MAX_SAFE_INTEGER}
        step={1}
        onChange={chooseSeed}
      >
        <Button className="icon-button" aria-label={strings.settings.newSeed} onPress={() => chooseSeed(throwDice())}>
          <DiceIcon />
        </Button>
      </NumberField>
      <label className="check">
        <input type="checkbox" checked={!keepSeed} onChange={(event) => setKeepSeed(!event.target.checked)} />
        {strings.settings.freshSeed}
      </label>
    </div>
  )
}
