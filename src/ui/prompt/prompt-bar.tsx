// Where a person writes what to paint, and starts it.

import { type KeyboardEvent, useDeferredValue, useMemo } from 'react'
import { Button, Label, ProgressBar, TextArea, TextField } from 'react-aria-components'
import { canGenerate } from '../../state/app-state.ts'
import { Fold } from '../controls/fold.tsx'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { findUnknownWords } from './unknown-words.ts'
import './prompt-bar.css'

const GENERATE_ID = 'generate'
const NO_WORDS: readonly string[] = []

/** Moves the keyboard's focus to "Generate", for a control that is about to disappear. */
export function focusGenerate(): void {
  document.getElementById(GENERATE_ID)?.focus()
}

export function PromptBar() {
  const prompt = useApp((state) => state.prompt)
  const vocabulary = useApp((state) =>
    state.pack.kind === 'ready' ? (state.pack.pack.clip?.vocabulary ?? NO_WORDS) : null,
  )
  const { setPrompt } = useActions()
  return (
    <section className="prompt" aria-label={strings.prompt.label}>
      <PromptField />
      <UnknownWords vocabulary={vocabulary ?? NO_WORDS} />
      <div className="prompt-help">
        <fieldset className="prompt-examples" aria-labelledby="examples-label">
          <span id="examples-label" className="prompt-examples-label">
            {strings.prompt.examplesLabel}
          </span>
          {strings.prompt.examples.map((example) => (
            <Button
              key={example}
              className="example"
              data-chosen={example === prompt || undefined}
              onPress={() => setPrompt(example)}
            >
              {example}
            </Button>
          ))}
        </fieldset>
        {vocabulary && (
          <Fold label={strings.prompt.vocabulary}>
            <p className="note">
              {vocabulary.length > 0
                ? strings.prompt.vocabularyIntro(vocabulary.length)
                : strings.prompt.openVocabulary}
            </p>
            <p className="prompt-vocabulary">{[...vocabulary].sort().join(' · ')}</p>
          </Fold>
        )}
      </div>
    </section>
  )
}

function PromptField() {
  const prompt = useApp((state) => state.prompt)
  const isReady = useApp(canGenerate)
  const isRunning = useApp((state) => state.job.kind === 'running')
  const { setPrompt, generate } = useActions()

  const startOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    generate()
  }

  return (
    <div className="prompt-row">
      <TextField className="prompt-field" value={prompt} onChange={setPrompt}>
        <Label className="prompt-label">{strings.prompt.label}</Label>
        <TextArea
          className="prompt-input"
          rows={1}
          placeholder={strings.prompt.placeholder}
          aria-describedby="unknown-words"
          spellCheck="true"
          enterKeyHint="go"
          onKeyDown={startOnEnter}
        />
      </TextField>
      {/* Stays focusable while a picture is made, so that the keyboard's place is not lost. */}
      <button
        id={GENERATE_ID}
        type="button"
        className="button button-main"
        disabled={!isReady && !isRunning}
        aria-disabled={isRunning}
        onClick={() => generate()}
      >
        {strings.prompt.generate}
      </button>
      <Opening />
    </div>
  )
}

/** Why "Generate" is not there yet, on the first load of a model. */
function Opening() {
  const pack = useApp((state) => state.pack)
  if (pack.kind !== 'opening') return null
  const isCounted = pack.total > 0
  const words = isCounted ? strings.prompt.openingProgress(pack.loaded, pack.total) : strings.prompt.opening
  return (
    <ProgressBar
      className="prompt-opening"
      aria-label={strings.prompt.opening}
      isIndeterminate={!isCounted}
      value={isCounted ? (100 * pack.loaded) / pack.total : 0}
    >
      {({ percentage }) => (
        <>
          <span className="prompt-opening-line" data-waiting={!isCounted || undefined}>
            <span style={{ inlineSize: `${percentage ?? 0}%` }} />
          </span>
          <span>{words}</span>
        </>
      )}
    </ProgressBar>
  )
}

function UnknownWords({ vocabulary }: { readonly vocabulary: readonly string[] }) {
  const prompt = useDeferredValue(useApp((state) => state.prompt))
  const words = useMemo(() => findUnknownWords(prompt, vocabulary), [prompt, vocabulary])
  return (
    <p id="unknown-words" className="note prompt-unknown">
      {words.length > 0 && strings.prompt.unknownWords(words)}
    </p>
  )
}
