// Buttons that open the system's own pickers, for a folder or for files.

import { type ReactNode, useRef } from 'react'

interface FileButtonProps {
  readonly kind: 'folder' | 'files' | 'one-picture'
  readonly className: string
  readonly onFiles: (files: readonly File[]) => void
  readonly children: ReactNode
}

/** What is picked may be of any kind: the import looks at the bytes, and says what it left out. */
export function FileButton({ kind, className, onFiles, children }: FileButtonProps) {
  const inputRef = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className={className} onClick={() => inputRef.current?.click()}>
        {children}
      </button>
      <input
        ref={inputRef}
        type="file"
        hidden
        tabIndex={-1}
        multiple={kind !== 'one-picture'}
        {...(kind === 'folder' ? { webkitdirectory: '' } : { accept: kind === 'files' ? 'image/*,.zip' : 'image/*' })}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // The same file may be picked again.
          currentTarget.value = ''
        }}
      />
    </>
  )
}
