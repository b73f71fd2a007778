// The page: what a person came for is biggest, everything else is one step away and closed at first.

import { useState } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import type { AppActions, AppState } from '../state/app-state.ts'
import type { Models } from '../state/create-models.ts'
import type { StorageApp } from '../state/create-storage.ts'
import type { Offline } from '../state/offline.ts'
import { AccentFromPicture } from './canvas/accent-from-picture.tsx'
import { Wall } from './canvas/wall.tsx'
import { ConstellationContext, type ConstellationValue } from './constellation/constellation-context.ts'
import type { LedTo } from './dropping/aside-offers.tsx'
import { DropAnywhere } from './dropping/drop-anywhere.tsx'
import { OfferDialog } from './dropping/offer-dialog.tsx'
import { Footer } from './footer.tsx'
import { Gallery } from './gallery/gallery.tsx'
import { LibraryContext, type LibraryValue } from './library/library-context.ts'
import { LibraryDialog } from './library/library-dialog.tsx'
import { ModelsButton } from './models/models-button.tsx'
import { ModelsContext } from './models/models-context.ts'
import { NeighboursUsed } from './neighbours/neighbours-used.tsx'
import { OfflineNotices, OfflineReady } from './offline/offline-notices.tsx'
import { PromptBar } from './prompt/prompt-bar.tsx'
import { Settings } from './settings/settings.tsx'
import { StorageButton } from './storage/storage-button.tsx'
import { StorageContext } from './storage/storage-context.ts'
import { AppContext } from './store-context.ts'
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
  readonly storage: StorageApp
  readonly library: LibraryValue
}

export function App({ store, actions, offline, constellation, library, models, storage }: AppProps) {
  const [settingsOpen, setSettingsOpen] = useState(false)
  const [libraryOpen, setLibraryOpen] = useState(false)
  /** Of the two, the one that is open. */
  const [led, setLed] = useState<LedTo | null>(null)
  /** The styles may be open, for something was dropped on them: they give way. */
  const lead = (to: LedTo) => {
    setLibraryOpen(false)
    library.actions.closeBrowsing()
    setLed(to)
  }
  return (
    <AppContext value={{ store, actions }}>
      <LibraryContext value={library}>
        <AccentFromPicture />
        <div className="page">
          <header className="page-header">
            <h1 className="page-name">{strings.name}</h1>
            <p className="page-tagline">{strings.tagline}</p>
            <nav className="page-nav" aria-label={strings.nav}>
              <ModelsContext value={models}>
                <ModelsButton isOpen={led === 'models'} onOpenChange={(isOpen) => setLed(isOpen ? 'models' : null)} />
                <StorageContext value={storage}>
                  <StorageButton
                    isOpen={led === 'storage'}
                    onOpenChange={(isOpen) => setLed(isOpen ? 'storage' : null)}
                  />
                </StorageContext>
              </ModelsContext>
              <button type="button" className="quiet-button" onClick={() => setLibraryOpen(true)}>
                {strings.library.open}
              </button>
            </nav>
          </header>
          <OfflineNotices offline={offline} />
          <main className="atelier">
            <ConstellationContext value={constellation}>
              <Wall onOpenSettings={() => setSettingsOpen(true)} />
              <PromptBar />
              <StylePicker />
              <NeighboursUsed />
              <Settings isOpen={settingsOpen} onOpenChange={setSettingsOpen} />
              <Gallery />
            </ConstellationContext>
          </main>
          <Footer>
            <OfflineReady offline={offline} />
          </Footer>
        </div>
        <ModelsContext value={models}>
          <LibraryDialog isOpen={libraryOpen} onOpenChange={setLibraryOpen} />
        </ModelsContext>
        <ModelsContext value={models}>
          <StorageContext value={storage}>
            <OfferDialog onLead={lead} />
          </StorageContext>
        </ModelsContext>
        <DropAnywhere />
      </LibraryContext>
    </AppContext>
  )
}
