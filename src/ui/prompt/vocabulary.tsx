// The words that a model with a fixed vocabulary knows, in groups; pressing one writes it.

import { useMemo } from 'react'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { appendWord, groupVocabulary } from './group-vocabulary.ts'

/** @param vocabulary empty where the model reads open English */
export function Vocabulary({ vocabulary }: { readonly vocabulary: readonly string[] }) {
  const prompt = useApp((state) => state.prompt)
  const { setPrompt } = useActions()
  const groups = useMemo(() => groupVocabulary(vocabulary), [vocabulary])
  if (groups.length === 0) return <p className="note">{strings.prompt.openVocabulary}</p>
  const count = groups.reduce((sum, { words }) => sum + words.length, 0)
  return (
    <>
      <p className="note">{strings.prompt.vocabularyIntro(count)}</p>
      <div className="word-groups">
        {groups.map(({ kind, words }) => (
          <fieldset key={kind} className="word-group">
            <legend className="word-kind">{strings.prompt.wordKinds[kind]}</legend>
            {words.map((word) => (
              <button key={word} type="button" className="word" onClick={() => setPrompt(appendWord(prompt, word))}>
                {word}
              </button>
            ))}
          </fieldset>
        ))}
      </div>
    </>
  )
}
