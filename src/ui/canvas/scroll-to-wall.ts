// Brings the picture on the wall into sight, for what is pressed far below it.

export function scrollToWall(): void {
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
  document.querySelector('.wall')?.scrollIntoView({ behavior, block: 'start' })
}
