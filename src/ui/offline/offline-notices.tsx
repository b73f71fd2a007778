// What a person should know of the app's own keeping: a line each, gone when it no longer holds.

import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useStore } from 'zustand'
import type { Offline, OfflineState } from '../../state/offline.ts'
import { strings } from '../strings.ts'
import './offline-notices.css'

interface OfflineNoticesProps {
  readonly offline: Pick<Offline, 'store' | 'actions'>
}

export function OfflineNotices({ offline: { store, actions } }: OfflineNoticesProps) {
  const state = useStore(store)
  const words = strings.offline
  return (
    <div className="offline-notices" role="status">
      {state.reload !== null && (
        <Line words={nameReason(state.reload)}>
          <Act words={words.reload} onPress={actions.reload} />
        </Line>
      )}
      {state.reload === null && state.update === 'waiting' && (
        <Line words={words.updateWaiting}>
          <Act words={words.update} onPress={actions.update} />
        </Line>
      )}
      {state.update === 'agreed' && <Line words={words.updating} />}
      {state.offersInstall && (
        <Line words={words.offerInstall}>
          <Act words={words.install} onPress={actions.install} />
          <Act words={words.notNow} onPress={actions.declineInstall} />
        </Line>
      )}
      {state.filesRefused && (
        <Line words={words.filesRefused}>
          <Act words={words.close} onPress={actions.dismissRefusal} />
        </Line>
      )}
      {state.waitingFiles > 0 && <Line words={words.waitingFiles(state.waitingFiles)} />}
    </div>
  )
}

/** The news that the app is kept whole: nothing to act on, so it stands at the page's foot and moves nothing. */
export function OfflineReady({ offline: { store, actions } }: OfflineNoticesProps) {
  const { becameReady, wantsIsolation } = useStore(store)
  const words = strings.offline
  return (
    <div className="offline-ready" role="status">
      {becameReady && (
        <>
          <p>{wantsIsolation ? `${words.ready} ${words.isolate}` : words.ready}</p>
          {wantsIsolation && <Act words={words.reload} onPress={actions.reload} />}
          <Act words={words.close} onPress={actions.dismissReady} />
        </>
      )}
    </div>
  )
}

function nameReason(reason: NonNullable<OfflineState['reload']>): string {
  switch (reason) {
    case 'other-build':
      return strings.offline.otherBuild
    case 'retired':
      return strings.offline.retired
    case 'missing-part':
      return strings.offline.missingPart
    default:
      return reason satisfies never
  }
}

function Line({ words, children }: { readonly words: string; readonly children?: ReactNode }) {
  return (
    <div className="notice">
      <p>{words}</p>
      {children}
    </div>
  )
}

function Act({ words, onPress }: { readonly words: string; readonly onPress: () => void }) {
  return (
    <Button className="quiet-button" onPress={onPress}>
      {words}
    </Button>
  )
}
