// What is asked of a person who drops a backup or a model: nothing of either becomes a style without a word.

import type { ReactNode } from 'react'
import { Heading } from 'react-aria-components'
import type { Offer } from '../../state/library-state.ts'
import { useLibraryActions } from '../library/library-context.ts'
import { useModels, useModelsActions } from '../models/models-context.ts'
import { useStorage, useStorageActions } from '../storage/storage-context.ts'
import { strings } from '../strings.ts'

/** Where what is accepted is seen to. */
export type LedTo = 'models' | 'storage'

interface QuestionProps<Kind extends Offer['kind']> {
  readonly offer: Extract<Offer, { readonly kind: Kind }>
  readonly onLead: (to: LedTo) => void
}

export function BackupQuestion({ offer: { name, file }, onLead }: QuestionProps<'backup'>) {
  const { accept } = useLibraryActions()
  const { restore } = useStorageActions()
  const isWorking = useStorage((state) => state.work !== null)
  const words = strings.dropping.backup
  const begin = () => {
    accept('taken')
    restore(file)
    onLead('storage')
  }
  return (
    <Question title={words.title} name={name} facts={words.facts(file.size)} note={words.note}>
      {isWorking && <p className="note">{words.busy}</p>}
      <div className="offer-actions">
        <button type="button" className="button button-main" disabled={isWorking} onClick={begin}>
          {words.restore}
        </button>
        <Decline />
      </div>
    </Question>
  )
}

export function PackQuestion({ offer, onLead }: QuestionProps<'pack' | 'pack-zip'>) {
  const { accept } = useLibraryActions()
  const { installFound } = useModelsActions()
  const isWorking = useModels((state) => state.work !== null)
  const words = strings.dropping.pack
  const begin = () => {
    accept('taken')
    installFound(offer.kind === 'pack' ? offer.files : [{ path: offer.name, file: offer.file }])
    onLead('models')
  }
  const facts = offer.kind === 'pack' ? strings.dropping.filesIn(offer.files.length) : words.facts(offer.file.size)
  return (
    <Question title={words.title} name={offer.name} facts={facts} note={words.note}>
      {isWorking && <p className="note">{words.busy}</p>}
      <div className="offer-actions">
        <button type="button" className="button button-main" disabled={isWorking} onClick={begin}>
          {words.install}
        </button>
        <button type="button" className="button" onClick={() => accept('as-pictures')}>
          {strings.dropping.asPictures}
        </button>
        <Decline />
      </div>
    </Question>
  )
}

interface FrameProps {
  readonly title: string
  /** '' where it has none. */
  readonly name: string
  readonly facts: string
  readonly note: string
  readonly children: ReactNode
}

function Question({ title, name, facts, note, children }: FrameProps) {
  return (
    <>
      <Heading slot="title" className="heading">
        {title}
      </Heading>
      <p className="offer-name">
        {name !== '' && <bdi>{name}</bdi>} <span className="note">{facts}</span>
      </p>
      <p className="note">{note}</p>
      {children}
    </>
  )
}

function Decline() {
  const { declineOffer } = useLibraryActions()
  return (
    <button type="button" className="quiet-button" onClick={declineOffer}>
      {strings.dropping.never}
    </button>
  )
}
