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

export function PackQuestion({ offer: { name, files }, onLead }: QuestionProps<'pack'>) {
  const { accept } = useLibraryActions()
  const { installFound } = useModelsActions()
  const isWorking = useModels((state) => state.work !== null)
  const words = strings.dropping.pack
  const begin = () => {
    accept('taken')
    installFound(files)
    onLead('models')
  }
  return (
    <Question title={words.title} name={name} facts={strings.dropping.filesIn(files.length)} note={words.note}>
      {isWorking && <p className="note">{words.busy}</p>}
      <div className="offer-actions">
        <button type="button" className="button button-main" disabled={isWorking} onClick={begin}>
          {words.install}
        </button>
        <AsPictures />
        <Decline />
      </div>
    </Question>
  )
}

export function PackZipQuestion({ offer: { name, file }, onLead }: QuestionProps<'pack-zip'>) {
  const { accept } = useLibraryActions()
  const words = strings.dropping.packZip
  const lead = () => {
    accept('taken')
    onLead('models')
  }
  return (
    <Question title={words.title} name={name} facts={words.facts(file.size)} note={words.note}>
      <div className="offer-actions">
        <button type="button" className="button button-main" onClick={lead}>
          {words.models}
        </button>
        <AsPictures />
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

function AsPictures() {
  const { accept } = useLibraryActions()
  return (
    <button type="button" className="button" onClick={() => accept('as-pictures')}>
      {strings.dropping.asPictures}
    </button>
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
