// Things worth knowing that stop nobody: they stay where they are until somebody puts them away.

import { Button } from 'react-aria-components'
import { isOwnStyle, type Notice } from '../../state/app-state.ts'
import { useActions, useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { QUOTED, shorten } from './shorten.ts'

function say(notice: Notice): string {
  switch (notice.kind) {
    case 'prompt-cut':
      return notice.cutText
        ? strings.notices.promptCut(shorten(notice.cutText, QUOTED))
        : strings.notices.promptCutNoText(notice.maxTokens)
    case 'not-saved':
      return strings.notices.notSaved
    case 'quiet':
      return strings.notices.quiet[notice.of]
    case 'not-deleted':
      return strings.notices.notDeleted
    case 'gallery-unread':
      return strings.notices.galleryUnread
    case 'pictures-cleared':
      return strings.notices.picturesCleared(notice.count)
    case 'gpu-trouble': {
      const { gpuTrouble, wentOn } = strings.notices
      // A GPU is tried again after wrong numbers only without half floats.
      const onGpu = notice.trouble === 'broken-numbers' ? wentOn.gpuFp32 : wentOn.gpu
      return `${gpuTrouble[notice.trouble]} ${notice.backend === 'wasm' && notice.trouble !== 'silence' ? wentOn.wasm : onGpu}`
    }
    case 'in-tiles':
      return strings.notices.inTiles(notice.tiles)
    case 'model-not-opened':
      return strings.notices.modelNotOpened(notice.failure.message)
    case 'recipe-elsewhere':
      return strings.notices.recipeElsewhere(isOwnStyle({ id: notice.databaseId }) ? null : notice.databaseId)
    default:
      return notice satisfies never
  }
}

export function Notices() {
  const notices = useApp((state) => state.notices)
  const { dismiss, download, startAnew } = useActions()
  return (
    <div className="notices" role="status">
      {notices.map((notice) => (
        <div key={notice.kind} className="notice">
          <p>{say(notice)}</p>
          {notice.kind === 'not-saved' && (
            <Button className="quiet-button" onPress={() => download(null)}>
              {strings.notices.notSavedAction}
            </Button>
          )}
          {notice.kind === 'quiet' && (
            <Button className="quiet-button" onPress={startAnew}>
              {strings.notices.startAnew}
            </Button>
          )}
          <Button className="quiet-button" onPress={() => dismiss(notice.kind)}>
            {notice.kind === 'quiet' ? strings.notices.goOnWaiting : strings.notices.dismiss}
          </Button>
        </div>
      ))}
    </div>
  )
}
