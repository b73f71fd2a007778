// The quiet last line: what the page runs on, and where nothing goes.

import type { ReactNode } from 'react'
import { useApp } from './store-context.ts'
import { strings } from './strings.ts'

/** @param children what else is to be said there */
export function Footer({ children }: { readonly children: ReactNode }) {
  const pack = useApp((state) => state.pack)
  return (
    <footer className="page-footer">
      <p>{strings.footer.privacy}</p>
      {pack.kind === 'ready' && (
        <>
          <p>
            {strings.footer.runsOn(strings.footer.backends[pack.backend.name], pack.backend.dtype)}
            {pack.backend.name === 'wasm' && `, ${strings.footer.threads(pack.backend.threads)}`}
            {pack.backend.detail && ` (${pack.backend.detail})`}
          </p>
          <p>{strings.footer.model(pack.pack.name)}</p>
        </>
      )}
      {children}
    </footer>
  )
}
