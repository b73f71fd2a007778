// The library: the person's own styles on a shelf, and each of them from the inside.

import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { CloseIcon } from '../controls/icons.tsx'
import { ImportList } from '../dropping/import-list.tsx'
import { strings } from '../strings.ts'
import { DatabaseView } from './database-view.tsx'
import { useLibrary, useLibraryActions } from './library-context.ts'
import { LibraryTrouble } from './library-trouble.tsx'
import { Shelf } from './shelf.tsx'
import './library.css'

interface LibraryDialogProps {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}

export function LibraryDialog({ isOpen, onOpenChange }: LibraryDialogProps) {
  const browsedId = useLibrary((state) => state.browsing?.databaseId ?? null)
  const browsed = useLibrary((state) => state.databases.find(({ id }) => id === browsedId) ?? null)
  const { closeBrowsing } = useLibraryActions()
  const change = (open: boolean) => {
    if (!open) closeBrowsing()
    onOpenChange(open)
  }
  return (
    <ModalOverlay className="sheet-ground" isOpen={isOpen} onOpenChange={change} isDismissable>
      <Modal className="sheet">
        <Dialog className="library" aria-labelledby="library-title">
          {({ close }) => (
            <>
              <header className="library-head">
                {browsed === null ? (
                  <Heading slot="title" id="library-title" className="library-title">
                    {strings.library.title}
                  </Heading>
                ) : (
                  <>
                    <Button className="quiet-button" onPress={closeBrowsing}>
                      {strings.library.back}
                    </Button>
                    <Heading slot="title" id="library-title" className="library-title">
                      <bdi>{browsed.name}</bdi>
                    </Heading>
                  </>
                )}
                <Button className="icon-button" aria-label={strings.library.close} onPress={close}>
                  <CloseIcon />
                </Button>
              </header>
              <LibraryTrouble />
              {browsed === null ? (
                <>
                  <ImportList />
                  <Shelf onPaint={close} />
                </>
              ) : (
                <DatabaseView database={browsed} onPaint={close} />
              )}
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
