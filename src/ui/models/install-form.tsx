// Where other models come from: an address, or a folder that is dropped or picked.

import { useId, useState } from 'react'
import { FileButton } from '../dropping/file-buttons.tsx'
import { strings } from '../strings.ts'
import { useModels, useModelsActions } from './models-context.ts'

export function InstallForm() {
  const isWorking = useModels((state) => state.work !== null)
  const { installFrom, installDropped, installPicked } = useModelsActions()
  const [url, setUrl] = useState('')
  const [hovers, setHovers] = useState(false)
  const id = useId()
  const words = strings.models
  return (
    <section
      className="model-install"
      aria-label={words.install}
      data-hovers={hovers || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        event.stopPropagation()
        setHovers(true)
      }}
      onDragLeave={() => setHovers(false)}
      onDrop={(event) => {
        event.preventDefault()
        // The page around it makes styles of what is dropped.
        event.stopPropagation()
        setHovers(false)
        if (!isWorking) installDropped(event.dataTransfer)
      }}
    >
      <h3 className="model-install-title">{words.install}</h3>
      <form
        className="model-install-row"
        onSubmit={(event) => {
          event.preventDefault()
          if (url.trim() !== '' && !isWorking) installFrom(url)
        }}
      >
        <label htmlFor={id} className="setting-label">
          {words.address}
        </label>
        <input
          id={id}
          className="model-address"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://"
          value={url}
          aria-describedby={`${id}-note`}
          onChange={(event) => setUrl(event.target.value)}
        />
        <button type="submit" className="button" disabled={isWorking || url.trim() === ''}>
          {words.install}
        </button>
      </form>
      <p id={`${id}-note`} className="note">
        {words.addressNote}
      </p>
      <div className="model-install-row">
        <FileButton
          kind="folder"
          className="button"
          onFiles={(files) => {
            if (files.length > 0 && !isWorking) installPicked(files)
          }}
        >
          {words.pickFolder}
        </FileButton>
        <span className="note">{words.dropNote}</span>
      </div>
    </section>
  )
}
