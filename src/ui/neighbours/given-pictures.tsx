// Pictures from elsewhere that steer the search: one more neighbour, or what to look for in place of the words.

import { type ClipboardEvent, useEffect, useState } from 'react'
import type { ShownGiven } from '../../protocol/jobs.ts'
import { type GivenAs, NO_STEERING } from '../../state/app-state.ts'
import { CloseIcon } from '../controls/icons.tsx'
import { FileButton } from '../dropping/file-buttons.tsx'
import { useLibrary, useLibraryActions } from '../library/library-context.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

export function GivenPictures() {
  const { added = [], query } = useApp(({ steering, styleId }) => steering.get(styleId ?? '') ?? NO_STEERING)
  const words = strings.neighbours
  return (
    <div className="given" onPaste={useGivenByPaste()}>
      {query !== undefined && <GivenList label={words.asked} as="query" pictures={[query]} />}
      {added.length > 0 && <GivenList label={words.added} as="neighbour" pictures={added} />}
      <GiveButton as="neighbour" words={words.give} />
      <GiveButton as="query" words={words.ask} />
      <Reading />
    </div>
  )
}

/** At the button that looks for a picture, it is looked for; at any other, it is added. */
function useGivenByPaste(): (event: ClipboardEvent) => void {
  const { givePicture } = useLibraryActions()
  return (event) => {
    const [file] = event.clipboardData.files
    if (file === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const isAsked = event.target instanceof Element && event.target.closest('[data-as="query"]') !== null
    givePicture(file, isAsked ? 'query' : 'neighbour')
  }
}

function GiveButton({ as, words }: { readonly as: GivenAs; readonly words: string }) {
  const { givePicture } = useLibraryActions()
  const canGive = useApp(({ styleId }) => styleId !== null)
  return (
    <span data-as={as} title={strings.neighbours.giveNote}>
      <FileButton
        kind="one-picture"
        className="quiet-button"
        disabled={!canGive}
        onFiles={([file]) => {
          if (file !== undefined) givePicture(file, as)
        }}
      >
        {words}
      </FileButton>
    </span>
  )
}

interface GivenListProps {
  readonly label: string
  readonly as: GivenAs
  readonly pictures: readonly ShownGiven[]
}

function GivenList({ label, as, pictures }: GivenListProps) {
  const { takeBack } = useActions()
  const labelId = `given-${as}`
  return (
    <>
      <span id={labelId} className="left-out-label">
        {label}
      </span>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list role of a list without markers */}
      <ul className="given-list" role="list" aria-labelledby={labelId}>
        {pictures.map((picture) => (
          <li key={picture.id}>
            <button
              type="button"
              className="given-picture"
              title={picture.name}
              aria-label={strings.neighbours.takeBack(picture.name)}
              onClick={() => takeBack(picture.id, as)}
            >
              <Thumbnail blob={picture.thumbnail ?? null} />
              <bdi>{picture.name}</bdi>
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Thumbnail({ blob }: { readonly blob: Blob | null }) {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (blob === null) return
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => {
      setUrl(null)
      URL.revokeObjectURL(made)
    }
  }, [blob])
  return url === null ? null : <img src={url} alt="" decoding="async" />
}

function Reading() {
  const isReading = useLibrary((state) => state.isReading)
  const unread = useLibrary((state) => state.unread)
  const { dismissUnread } = useLibraryActions()
  const words = strings.neighbours
  if (isReading) {
    return (
      <p className="note" role="status">
        {words.reading}
      </p>
    )
  }
  if (unread === null) return null
  const { name, failure } = unread
  const reasons: Readonly<Record<string, string>> = strings.dropping.reasons
  const reason = failure.code === 'invalid-input' ? reasons[failure.detail] : undefined
  return (
    <p className="note" role="alert">
      {reason === undefined ? words.unreadOther(name) : words.unread(name, reason)}{' '}
      <button type="button" className="quiet-button" onClick={dismissUnread}>
        {strings.notices.dismiss}
      </button>
    </p>
  )
}
