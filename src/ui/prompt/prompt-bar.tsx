// Where a person writes what to paint, and starts it.

import { type ClipboardEvent, type KeyboardEvent, useState } from 'react'
import { Button, Label, TextArea, TextField } from 'react-aria-components'
import { canGenerate } from '../../state/app-state.ts'
import { Fold } from '../controls/fold.tsx'
import { PlayIcon } from '../controls/icons.tsx'
import { useLibraryActions } from '../library/library-context.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { HINTS_ID, PromptHints } from './prompt-hints.tsx'
import { Vocabulary } from './vocabulary.tsx'
import './prompt-bar.css'

const GENERATE_ID = 'generate'
const PROMPT_ID = 'prompt'
const NO_WORDS: readonly string[] = []

/** Moves the keyboard's focus to "Generate", for a control that is about to disappear. */
export function focusGenerate(): void {
  document.getElementById(GENERATE_ID)?.focus()
}

/** Moves the keyboard's focus to the prompt, and leaves the scrolling to others. */
export function focusPrompt(): void {
  document.getElementById(PROMPT_ID)?.focus({ preventScroll: true })
}

export function PromptBar() {
  const [refusals, setRefusals] = useState(0)
  const vocabulary = useApp((state) =>
    state.pack.kind === 'ready' ? (state.pack.pack.clip?.vocabulary ?? NO_WORDS) : null,
  )
  return (
    <section className="prompt" aria-label={strings.prompt.label}>
      <PromptField onRefuse={() => setRefusals((count) => count + 1)} onChange={() => setRefusals(0)} />
      <PromptHints vocabulary={vocabulary ?? NO_WORDS} refusals={refusals} />
      <div className="prompt-help">
        <Examples />
        {vocabulary && (
          <Fold label={strings.prompt.vocabulary}>
            <Vocabulary vocabulary={vocabulary} />
          </Fold>
        )}
      </div>
    </section>
  )
}

interface PromptFieldProps {
  /** A picture was asked for with nothing written. */
  readonly onRefuse: () => void
  readonly onChange: () => void
}

function PromptField({ onRefuse, onChange }: PromptFieldProps) {
  const prompt = useApp((state) => state.prompt)
  const isReady = useApp(canGenerate)
  const isRunning = useApp((state) => state.job.kind === 'running')
  const { setPrompt, beginPrompt, generate } = useActions()
  const { givePicture } = useLibraryActions()

  const startOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    if (prompt.trim() === '') onRefuse()
    else generate()
  }

  /** A picture without words, pasted where one writes what to look for, is what to look for. */
  const askByPicture = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData
    const [file] = files
    if (file === undefined || files.length > 1 || types.includes('text/plain')) return
    event.preventDefault()
    event.stopPropagation()
    givePicture(file, 'query')
  }

  return (
    <div className="prompt-row">
      <TextField
        className="prompt-field"
        value={prompt}
        onChange={(words) => {
          onChange()
          setPrompt(words)
        }}
      >
        <Label className="prompt-label">{strings.prompt.label}</Label>
        <TextArea
          id={PROMPT_ID}
          className="prompt-input"
          rows={1}
          placeholder={strings.prompt.placeholder}
          aria-describedby={HINTS_ID}
          spellCheck="true"
          enterKeyHint="go"
          onFocus={beginPrompt}
          onKeyDown={startOnEnter}
          onPaste={askByPicture}
        />
      </TextField>
      {/* Stays focusable while a picture is made, so that the keyboard's place is not lost. */}
      <button
        id={GENERATE_ID}
        type="button"
        className="button button-main"
        aria-describedby={HINTS_ID}
        disabled={!isReady && !isRunning}
        aria-disabled={isRunning || undefined}
        onClick={() => generate()}
      >
        <span className="generate-words">{strings.prompt.generate}</span>
        <PlayIcon />
      </button>
    </div>
  )
}

function Examples() {
  const prompt = useApp((state) => state.prompt)
  const { setPrompt } = useActions()
  return (
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
  )
}
