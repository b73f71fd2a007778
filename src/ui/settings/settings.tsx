// The papers' knobs, folded away, each with one line on what it does.

import type { GenerationSettings, SamplerName } from '../../core/diffusion/recipe.ts'
import { Choice } from '../controls/choice.tsx'
import { Fold } from '../controls/fold.tsx'
import { NumberField } from '../controls/number-field.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { MixStyles } from './mix-styles.tsx'
import { NeighboursSlider } from './neighbours-slider.tsx'
import { SeedField } from './seed-field.tsx'
import './settings.css'

const SAMPLERS: readonly SamplerName[] = ['ddim', 'plms', 'dpm']
/** Latents are a sixteenth of the picture, and the U-Net halves them three times. */
const SIZE_STEP = 128

interface SettingsProps {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}

export function Settings({ isOpen, onOpenChange }: SettingsProps) {
  const settings = useApp((state) => state.settings)
  const keepSeed = useApp((state) => state.keepSeed)
  const nativeSize = useApp((state) => (state.pack.kind === 'ready' ? state.pack.pack.nativeSize : null))
  const { changeSettings } = useActions()
  const words = strings.settings
  const sampler = words.samplers[settings.sampler]
  return (
    <section className="settings" aria-label={words.label}>
      <Fold
        label={words.label}
        summary={words.summary(settings.k, settings.steps, sampler, keepSeed)}
        isOpen={isOpen}
        onOpenChange={onOpenChange}
      >
        <div className="settings-grid">
          <NeighboursSlider />
          <SeedField />
          <NumberField
            label={words.steps}
            note={words.stepsNote}
            value={settings.steps}
            min={1}
            max={200}
            step={1}
            onChange={(steps) => changeSettings({ steps })}
          />
          <NumberField
            label={words.guidance}
            note={words.guidanceNote}
            value={settings.guidance}
            min={1}
            max={20}
            step={0.5}
            onChange={(guidance) => changeSettings({ guidance })}
          />
          <Choice
            label={words.sampler}
            note={words.samplerNote}
            value={settings.sampler}
            options={SAMPLERS.map((value) => ({ value, name: words.samplers[value] }))}
            onChange={(value) => changeSettings(value === 'ddim' ? { sampler: value } : { sampler: value, eta: 0 })}
          />
          {settings.sampler === 'ddim' && (
            <NumberField
              label={words.eta}
              note={words.etaNote}
              value={settings.eta}
              min={0}
              max={1}
              step={0.1}
              onChange={(eta) => changeSettings({ eta })}
            />
          )}
          <MixStyles />
          <SizeChoice settings={settings} nativeSize={nativeSize ?? settings.width} />
        </div>
      </Fold>
    </section>
  )
}

interface SizeChoiceProps {
  readonly settings: GenerationSettings
  readonly nativeSize: number
}

function SizeChoice({ settings, nativeSize }: SizeChoiceProps) {
  const { changeSettings } = useActions()
  const larger = nativeSize + SIZE_STEP
  const sizes = [
    [nativeSize, nativeSize],
    [nativeSize, larger],
    [larger, nativeSize],
    [larger, larger],
  ] as const
  const nameSize = strings.settings.sizeName
  const chosen = nameSize(settings.width, settings.height)
  const options = sizes.map(([width, height]) => nameSize(width, height))
  // A recipe may bring a size of its own.
  const all = options.includes(chosen) ? options : [...options, chosen]
  return (
    <Choice
      label={strings.settings.size}
      note={strings.settings.sizeNote(nativeSize)}
      value={chosen}
      options={all.map((name) => ({ value: name, name }))}
      onChange={(name) => {
        const size = sizes[options.indexOf(name)]
        if (size) changeSettings({ width: size[0], height: size[1] })
      }}
    />
  )
}
