// What a style is called, also where it is not there any more.

import { isOwnStyle, type Style } from '../state/app-state.ts'
import { strings } from './strings.ts'

/** Its name; of one that is not among the styles its id, but words where that would tell a person nothing. */
export function nameOfStyle(styles: readonly Pick<Style, 'id' | 'name'>[], id: string): string {
  const style = styles.find((it) => it.id === id)
  if (style !== undefined) return style.name
  return isOwnStyle({ id }) ? strings.styles.notAtHand : id
}
