// The last card of the style strip: where a style of one's own begins.

import { PlusIcon } from '../controls/icons.tsx'
import { useLibraryActions } from '../library/library-context.ts'
import { strings } from '../strings.ts'
import { FileButton } from './file-buttons.tsx'
import './dropping.css'

export function AddCard() {
  const { pick } = useLibraryActions()
  const add = (files: readonly File[]) => pick(files, null)
  return (
    <div className="add-card">
      <FileButton kind="folder" className="add-card-folder" onFiles={add}>
        <PlusIcon />
        <span>{strings.dropping.addFolder}</span>
      </FileButton>
      <FileButton kind="files" className="quiet-button" onFiles={add}>
        {strings.dropping.addFiles}
      </FileButton>
    </div>
  )
}
