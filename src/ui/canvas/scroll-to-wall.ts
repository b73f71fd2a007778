// Brings the picture on the wall into sight, for what is pressed far below it.

export function scrollToWall(): void {
  document.querySelector('.wall')?.scrollIntoView({ behavior: scrollBehaviour(), block: 'start' })
}

/** Scrolls until `part`, which stands under the picture, is in sight: with the picture, where both have room. Else leaves the page. */
export function bringIntoSight(part: HTMLElement): void {
  // A phone's keyboard takes room that the window does not know of.
  const height = window.visualViewport?.height ?? window.innerHeight
  const { top, bottom } = part.getBoundingClientRect()
  if (top >= 0 && bottom <= height) return
  const wall = document.querySelector('.wall')
  const hasRoom = wall !== null && bottom - wall.getBoundingClientRect().top <= height
  if (hasRoom) scrollToWall()
  else part.scrollIntoView({ behavior: scrollBehaviour(), block: 'end' })
}

/** At once where a person wants no motion. */
export function scrollBehaviour(): ScrollBehavior {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
}
