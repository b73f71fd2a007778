// A heading that opens and closes what lies under it.

import type { ReactNode } from 'react'
import { Button, Disclosure, DisclosurePanel } from 'react-aria-components'
import { ChevronIcon } from './icons.tsx'
import './fold.css'

interface FoldProps {
  readonly label: string
  /** Shown beside the label, in a quieter voice; not part of the button's name. */
  readonly summary?: string
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly children: ReactNode
}

/** Closed at first unless the caller holds `isOpen` itself. */
export function Fold({ label, summary, isOpen, onOpenChange, children }: FoldProps) {
  return (
    <Disclosure
      className="fold"
      {...(isOpen === undefined ? {} : { isExpanded: isOpen })}
      {...(onOpenChange ? { onExpandedChange: onOpenChange } : {})}
    >
      <div className="fold-head">
        <Button slot="trigger" className="fold-button">
          {label}
          <ChevronIcon />
        </Button>
        {summary && <span className="fold-summary">{summary}</span>}
      </div>
      <DisclosurePanel className="fold-panel">
        <div className="fold-body">{children}</div>
      </DisclosurePanel>
    </Disclosure>
  )
}
