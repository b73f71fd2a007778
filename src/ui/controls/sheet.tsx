// A sheet over the page with a title and a way back: what every dialog of the page looks like.

import type { ReactNode } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { CloseIcon } from './icons.tsx'
import './sheet.css'

interface SheetProps {
  readonly title: ReactNode
  /** What the button in its corner is called. */
  readonly closeLabel: string
  /** Stands before the title. */
  readonly before?: ReactNode
  /** Absent within a DialogTrigger, which knows. */
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly children: (close: () => void) => ReactNode
}

/** Of a button with a sheet that something else opens too; neither is given where nothing does. */
export interface OpenedElsewhere {
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

/** As wide as every other sheet, as high as what it holds, and no larger than the window. */
export function Sheet({ title, closeLabel, before, isOpen, onOpenChange, children }: SheetProps) {
  return (
    <ModalOverlay
      className="sheet-ground"
      isDismissable
      {...(isOpen === undefined ? {} : { isOpen })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <Modal className="sheet">
        <Dialog className="sheet-body">
          {({ close }) => (
            <>
              <header className="sheet-head">
                {before}
                <Heading slot="title" className="sheet-title">
                  {title}
                </Heading>
                <Button className="icon-button" aria-label={closeLabel} onPress={close}>
                  <CloseIcon />
                </Button>
              </header>
              {children(close)}
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
