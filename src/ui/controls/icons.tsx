// The few line drawings that stand beside words or, with a label on their button, in place of them.

import type { ReactNode } from 'react'

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  )
}

export function DownloadIcon() {
  return (
    <Icon>
      <path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14" />
    </Icon>
  )
}

export function DeleteIcon() {
  return (
    <Icon>
      <path d="M5 7h14M10 7V4.5h4V7m-7 0 .8 12.5h8.4L17 7" />
    </Icon>
  )
}

export function DiceIcon() {
  return (
    <Icon>
      <rect x="4" y="4" width="16" height="16" rx="3.5" />
      <path className="icon-pips" d="M8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01" />
    </Icon>
  )
}

export function ChevronIcon() {
  return (
    <Icon>
      <path d="m7 10 5 5 5-5" />
    </Icon>
  )
}

export function PlusIcon() {
  return (
    <Icon>
      <path d="M12 5.5v13M5.5 12h13" />
    </Icon>
  )
}

export function MinusIcon() {
  return (
    <Icon>
      <path d="M5.5 12h13" />
    </Icon>
  )
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="m6.5 6.5 11 11m0-11-11 11" />
    </Icon>
  )
}

export function PinIcon() {
  return (
    <Icon>
      <path d="M12 14.5V20M8 4.5h8l-1 6 2.5 4h-11l2.5-4z" />
    </Icon>
  )
}

export function StarIcon() {
  return (
    <Icon>
      <path d="m12 3 2 7 7 2-7 2-2 7-2-7-7-2 7-2z" />
    </Icon>
  )
}

export function PlayIcon() {
  return (
    <Icon>
      <path d="M8 5.5v13l10.5-6.5z" fill="currentColor" />
    </Icon>
  )
}
