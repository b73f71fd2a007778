// Buttons that open the system's own pickers, for a folder or for files.

import { type ReactNode, useRef } from 'react'

interface FileButtonProps {
  readonly kind: 'folder' | 'files' | 'one-picture' | 'one-zip'
  readonly className: string
  readonly disabled?: boolean
  readonly onFiles: (files: readonly File[]) => void
  readonly children: ReactNode
}

/** What the system's picker offers first. */
const ACCEPT = { files: 'image/*,.zip,.npz,.npy,.parquet', 'one-picture': 'image/*', 'one-zip': '.zip' } as const

/** What is picked may be of any kind: the import looks at the bytes, and says what it left out. */
export function FileButton({ kind, className, disabled = false, onFiles, children }: FileButtonProps) {
  const inputRef = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className={className} disabled={disabled} onClick={() => inputRef.current?.click()}>
        {children}
      </button>
      <input
        ref={inputRef}
        type="file"
        hidden
        tabIndex={-1}
        multiple={kind === 'files'}
        {...(kind === 'folder' ? { webkitdirectory: '' } : { accept: ACCEPT[kind] })}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // The same file may be picked again.
          currentTarget.value = ''
        }}
      />
    </>
  )
}
