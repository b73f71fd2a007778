// Which build this script is of. Page, workers and service worker of one build all have the same.

declare const KINDRED_BUILD: string | undefined

/** 16 hex digits, put in by vite.config.ts; 'dev' where nothing was built. */
export const BUILD_ID: string = typeof KINDRED_BUILD === 'undefined' ? 'dev' : KINDRED_BUILD
