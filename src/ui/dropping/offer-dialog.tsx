// What is asked of a person before anything is made of what they dropped: where pictures lie in several folders, or it is no style.

import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { Offer } from '../../state/library-state.ts'
import { useLibrary, useLibraryActions } from '../library/library-context.ts'
import { strings } from '../strings.ts'
import { BackupQuestion, type LedTo, PackQuestion } from './aside-offers.tsx'
import '../controls/sheet.css'
import './dropping.css'

/** Folders named in the question. */
const NAMED = 8

interface OfferDialogProps {
  /** Shows where what is accepted is seen to. */
  readonly onLead: (to: LedTo) => void
}

export function OfferDialog({ onLead }: OfferDialogProps) {
  const offer = useLibrary((state) => state.offer)
  const { declineOffer } = useLibraryActions()
  return (
    <ModalOverlay
      className="sheet-ground"
      isOpen={offer !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) declineOffer()
      }}
      isDismissable
    >
      <Modal className="sheet-small">
        <Dialog className="offer">{offer && <Question offer={offer} onLead={onLead} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Question({ offer, onLead }: OfferDialogProps & { readonly offer: Offer }) {
  const { accept, declineOffer } = useLibraryActions()
  const words = strings.dropping
  switch (offer.kind) {
    case 'counting':
      return (
        <>
          <Heading slot="title" className="heading">
            {words.counting(offer.name)}
          </Heading>
          <p role="status" className="note">
            {words.counted(offer.count)}
          </p>
          <button type="button" className="button" onClick={declineOffer}>
            {words.never}
          </button>
        </>
      )
    case 'empty':
      return (
        <>
          <Heading slot="title" className="heading">
            {words.emptyTitle}
          </Heading>
          <p className="note">{words.empty}</p>
          <button type="button" className="button" onClick={declineOffer}>
            {strings.notices.dismiss}
          </button>
        </>
      )
    case 'backup':
      return <BackupQuestion offer={offer} onLead={onLead} />
    case 'pack':
    case 'pack-zip':
      return <PackQuestion offer={offer} onLead={onLead} />
    case 'choosing': {
      const { name, count, folders } = offer
      return (
        <>
          <Heading slot="title" className="heading">
            {words.choose(count, folders.length)}
          </Heading>
          <ul className="offer-folders">
            {folders.slice(0, NAMED).map((folder) => (
              <li key={folder.path}>
                <bdi>{folder.name}</bdi> <span className="note">{words.filesIn(folder.count)}</span>
              </li>
            ))}
            {folders.length > NAMED && <li className="note">{words.moreFolders(folders.length - NAMED)}</li>}
          </ul>
          <div className="offer-actions">
            <button type="button" className="button button-main" onClick={() => accept('one-for-each')}>
              {words.oneForEach(folders.length)}
            </button>
            <button type="button" className="button" onClick={() => accept('one-for-all')}>
              {words.oneForAll(name)}
            </button>
            <button type="button" className="quiet-button" onClick={declineOffer}>
              {words.never}
            </button>
          </div>
        </>
      )
    }
    default:
      return offer satisfies never
  }
}
