// The page: what a person came for is biggest, everything else is one step away and closed at first.

import { useState } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import type { AppActions, AppState } from '../state/app-state.ts'
import type { Models } from '../state/create-models.ts'
import type { Offline } from '../state/offline.ts'
import { AccentFromPicture } from './canvas/accent-from-picture.tsx'
import { Wall } from './canvas/wall.tsx'
import { ConstellationProvider, type ConstellationValue } from './constellation/constellation-context.tsx'
import { DropAnywhere } from './dropping/drop-anywhere.tsx'
import { OfferDialog } from './dropping/offer-dialog.tsx'
import { Footer } from './footer.tsx'
import { Gallery } from './gallery/gallery.tsx'
import { LibraryProvider, type LibraryValue } from './library/library-context.tsx'
import { LibraryDialog } from './library/library-dialog.tsx'
import { ModelsButton } from './models/models-button.tsx'
import { ModelsProvider } from './models/models-context.tsx'
import { NeighboursUsed } from './neighbours/neighbours-used.tsx'
import { OfflineNotices } from './offline/offline-notices.tsx'
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
  readonly offline: Pick<Offline, 'store' | 'actions'>
  readonly constellation: ConstellationValue
  readonly models: Models
  readonly library: LibraryValue
}

export function App({ store, actions, offline, constellation, library, models }: AppProps) {
  const [settingsOpen, setSettingsOpen] = useState(false)
  const [libraryOpen, setLibraryOpen] = useState(false)
  return (
    <StoreProvider store={store} actions={actions}>
      <LibraryProvider {...library}>
        <AccentFromPicture />
        <div className="page">
          <header className="page-header">
            <h1 className="page-name">{strings.name}</h1>
            <p className="page-tagline">{strings.tagline}</p>
            <ModelsProvider models={models}>
              <ModelsButton />
            </ModelsProvider>
            <button type="button" className="quiet-button" onClick={() => setLibraryOpen(true)}>
              {strings.library.open}
            </button>
          </header>
          <OfflineNotices offline={offline} />
          <main className="atelier">
            <Wall onOpenSettings={() => setSettingsOpen(true)} />
            <PromptBar />
            <StylePicker />
            <ConstellationProvider {...constellation}>
              <NeighboursUsed />
            </ConstellationProvider>
            <Settings isOpen={settingsOpen} onOpenChange={setSettingsOpen} />
            <Gallery />
          </main>
          <Footer />
        </div>
        <LibraryDialog isOpen={libraryOpen} onOpenChange={setLibraryOpen} />
        <OfferDialog />
        <DropAnywhere />
      </LibraryProvider>
    </StoreProvider>
  )
}
