// The page: what a person came for is biggest, everything else is one step away and closed at first.

import { useState } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import type { AppActions, AppState } from '../state/app-state.ts'
import { AccentFromPicture } from './canvas/accent-from-picture.tsx'
import { Wall } from './canvas/wall.tsx'
import { Footer } from './footer.tsx'
import { Gallery } from './gallery/gallery.tsx'
import { NeighboursUsed } from './neighbours/neighbours-used.tsx'
import { PromptBar } from './prompt/prompt-bar.tsx'
import { Settings } from './settings/settings.tsx'
import { StoreProvider } from './store-context.tsx'
import { strings } from './strings.ts'
import { StylePicker } from './styles/style-picker.tsx'
import './theme/fonts.css'
import './theme/tokens.css'
import './theme/base.css'
import './app.css'

interface AppProps {
  readonly store: StoreApi<AppState>
  readonly actions: AppActions
}

export function App({ store, actions }: AppProps) {
  const [settingsOpen, setSettingsOpen] = useState(false)
  return (
    <StoreProvider store={store} actions={actions}>
      <AccentFromPicture />
      <div className="page">
        <header className="page-header">
          <h1 className="page-name">{strings.name}</h1>
          <p className="page-tagline">{strings.tagline}</p>
        </header>
        <main className="atelier">
          <Wall onOpenSettings={() => setSettingsOpen(true)} />
          <PromptBar />
          <StylePicker />
          <NeighboursUsed />
          <Settings isOpen={settingsOpen} onOpenChange={setSettingsOpen} />
          <Gallery />
        </main>
        <Footer />
      </div>
    </StoreProvider>
  )
}
