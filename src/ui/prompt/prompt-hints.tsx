// The line under the prompt, whose room is kept: how far the model has come, and what a person should know of their words.

import { useDeferredValue, useMemo } from 'react'
import { ProgressBar } from 'react-aria-components'
import { useConstellation } from '../constellation/constellation-context.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { QUOTED, shorten } from '../trouble/shorten.ts'
import { findUnknownWords } from './unknown-words.ts'

/** What the box, and the button beside it, are described by. */
export const HINTS_ID = 'prompt-hints'

interface PromptHintsProps {
  readonly vocabulary: readonly string[]
  /** How often a picture was asked for with nothing written: each time the hint is said anew. */
  readonly refusals: number
}

export function PromptHints({ vocabulary, refusals }: PromptHintsProps) {
  const isEmpty = useApp((state) => state.prompt.trim() === '')
  return (
    <div className="prompt-hints">
      <Opening />
      <div id={HINTS_ID} role="status">
        {isEmpty ? (
          <p key={refusals} className="prompt-hint" data-urgent={refusals > 0 || undefined}>
            {strings.prompt.empty}
          </p>
        ) : (
          <>
            <LeftOut />
            <UnknownWords vocabulary={vocabulary} />
          </>
        )}
      </div>
    </div>
  )
}

/** Why a picture has to wait, on the first load of a model. */
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
          <span className="prompt-opening-line">
            <span style={{ inlineSize: `${percentage ?? 0}%` }} />
          </span>
          <span>{words}</span>
        </>
      )}
    </ProgressBar>
  )
}

/** What is past the length that the model reads; the answer may lag behind the typing. */
function LeftOut() {
  const isRunning = useApp((state) => state.job.kind === 'running')
  const cut = useConstellation((state) => state.placement?.cut ?? null)
  if (cut === null || isRunning) return null
  return <p className="prompt-hint">{strings.prompt.cut(shorten(cut.cutText, QUOTED))}</p>
}

function UnknownWords({ vocabulary }: { readonly vocabulary: readonly string[] }) {
  const prompt = useDeferredValue(useApp((state) => state.prompt))
  const words = useMemo(() => findUnknownWords(prompt, vocabulary), [prompt, vocabulary])
  if (words.length === 0) return null
  return <p className="prompt-hint">{strings.prompt.unknownWords(words)}</p>
}
