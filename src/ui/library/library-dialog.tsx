// The library: the person's own styles on a shelf, and each of them from the inside.

import { Button } from 'react-aria-components'
import { Sheet } from '../controls/sheet.tsx'
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
  const back = (
    <Button className="quiet-button" onPress={closeBrowsing}>
      {strings.library.back}
    </Button>
  )
  return (
    <Sheet
      isOpen={isOpen}
      onOpenChange={change}
      title={browsed === null ? strings.library.title : <bdi>{browsed.name}</bdi>}
      before={browsed === null ? undefined : back}
      closeLabel={strings.sheet.close}
    >
      {(close) => (
        <>
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
    </Sheet>
  )
}
