// What no script of the app may hold: ways past the policy, addresses of others, and parsers of strangers' files where they do not belong.

import { findParserImports } from './lint-parsers.ts'

export interface Finding {
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly text: string
  readonly because: string
}

interface Ban {
  readonly pattern: RegExp
  readonly because: string
}

/** Content Security Policy stops none of the first group, and the rest only where a browser knows it. */
const BANS: readonly Ban[] = [
  { pattern: /\bRTC(PeerConnection|DataChannel)\b/g, because: 'WebRTC sends past the policy' },
  { pattern: /\bwindow\s*\.\s*open\b|\bopen\(\s*["'`]https?:/g, because: 'a window opened elsewhere carries data out' },
  { pattern: /\bWebSocket(Stream)?\b|\bWebTransport\b|\bEventSource\b/g, because: 'the app talks to no server' },
  { pattern: /\bsendBeacon\b/g, because: 'the app reports to nobody' },
  { pattern: /\bXMLHttpRequest\b/g, because: 'files are read by fetch, in src/platform' },
  { pattern: /\bimportScripts\b/g, because: 'workers are modules' },
  { pattern: /(?<![\w$.])eval\s*\(|\bnew\s+Function\b/g, because: 'text must never become code' },
  { pattern: /\bset(Timeout|Interval)\(\s*["'`]/g, because: 'text must never become code' },
  {
    pattern: /inner[H]TML|outer[H]TML|insertAdjacentHTML|\bdocument\s*\.\s*write(ln)?\b|\bsrcdoc\b/gi,
    because: 'text must never become markup',
  },
  { pattern: /rel=["'](preconnect|dns-prefetch|prefetch|prerender)["']/g, because: 'a connection tells who connects' },
]

interface Exception {
  readonly file: RegExp
  readonly pattern: RegExp
  /** As many as there are: one more is looked at by a person. */
  readonly count: number
  readonly reason: string
}

/** What libraries bring along, each looked at. The policy refuses all of it at run time. */
const EXCEPTIONS: readonly Exception[] = [
  {
    file: /^assets\/ort-wasm-simd-threaded\.(jspi|asyncify)-[\w-]+\.mjs$/,
    pattern: /new Function/,
    count: 1,
    reason: 'embind’s method callers, of which the runtime exports none; the policy refuses the call',
  },
  {
    file: /^assets\/ort-wasm-simd-threaded\.(jspi|asyncify)-[\w-]+\.mjs$/,
    pattern: /XMLHttpRequest/,
    count: 2,
    reason: 'Emscripten’s fallback for file: and for Node; connect-src governs it like fetch',
  },
  {
    file: /^assets\/index-[\w-]+\.js$/,
    pattern: /innerHTML/i,
    count: 20,
    reason: 'React’s own property and the component library’s live region, which assigns the empty string alone',
  },
  {
    file: /^assets\/index-[\w-]+\.js$/,
    pattern: /srcdoc/i,
    count: 2,
    reason: 'React’s list of attribute names',
  },
  ...[
    ...['RTCPeerConnection', 'RTCDataChannel', 'WebSocket', 'WebSocketStream', 'WebTransport', 'EventSource'],
    ...['XMLHttpRequest', 'importScripts'],
  ].map((name) => ({
    file: /^assets\/parse\.worker-[\w-]+\.js$/,
    pattern: new RegExp(`^${name}$`),
    count: 1,
    reason: 'the list of what the parse worker takes from itself',
  })),
]

/** Hosts that scripts may name, with the reason why none of them is ever asked. */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ['www.w3.org', 'names of XML namespaces'],
  ['react.dev', 'React’s error messages'],
  ['web.dev', 'a warning of ONNX Runtime’s'],
  ['rolldown.rs', 'an error message of the bundler’s'],
  ['developer.mozilla.org', 'an error message of transformers.js'],
  ['github.com', 'messages of transformers.js'],
  ['gist.github.com', 'a comment of transformers.js in a message'],
  [
    'huggingface.co',
    'transformers.js’s default source; src/platform/clip.ts turns it off and gives it the pack’s files',
  ],
  ['cdn.jsdelivr.net', 'transformers.js’s default runtime; it gets the app’s own instead'],
  ['localhost', 'the install worker’s policy: a person may install from their own machine'],
  ['127.0.0.1', 'as localhost'],
])

/** Of strangers' files, what only the parse worker may hold a parser for, and those that open the app's own pack: a word from each. */
const SEALED_PARSERS: readonly (Ban & { readonly alsoIn?: RegExp })[] = [
  { pattern: /a JPEG without a frame/g, because: 'headers of pictures are read in the parse worker' },
  { pattern: /is no Parquet file/g, because: 'embeddings of others are read in the parse worker' },
  { pattern: /are too many for a backup/g, because: 'what a backup says of itself is read in the parse worker' },
  {
    pattern: /chunk hashes does not fit the length/g,
    because: 'what an installed pack says of itself is read in the parse worker',
    alsoIn: /^assets\/(index|generate\.worker|library\.worker)-/,
  },
  {
    pattern: /has a graph of its own/g,
    because: 'graphs of an installed pack are looked through in the parse worker',
    alsoIn: /^assets\/(generate\.worker|library\.worker)-/,
  },
]
const SEALED = /^assets\/parse\.worker-[\w-]+\.js$/

/** Names what is forbidden to take it away. */
const SEAL = 'workers/sealed-scope.ts'

/** What is wrong with a file of the app's own source. */
export function lintSource(path: string, text: string): readonly Finding[] {
  if (path === SEAL) return []
  return [
    ...BANS.flatMap((ban) => findAll(path, text, ban)),
    ...findParserImports(path, text).map(({ index, text: found }) => ({
      path,
      line: lineAt(text, index),
      text: found,
      because: 'what parses the files of installed models; who may import it stands in tools/lint-parsers.ts',
    })),
  ]
}

/** What is wrong with a built script or page. @param path below the build's folder, with slashes */
export function lintBuilt(path: string, text: string): readonly Finding[] {
  const words = lintSource(path, text)
  const exceptions = EXCEPTIONS.filter(({ file }) => file.test(path))
  const excused = exceptions.filter(
    ({ pattern, count }) => words.filter((finding) => pattern.test(finding.text)).length <= count,
  )
  return [
    ...words.filter(({ text: found }) => !excused.some(({ pattern }) => pattern.test(found))),
    ...hosts(path, text),
    ...(SEALED.test(path) ? [] : SEALED_PARSERS.filter(({ alsoIn }) => alsoIn?.test(path) !== true)).flatMap((ban) =>
      findAll(path, text, ban),
    ),
  ]
}

/** What is wrong with the parse worker, built: a parser of which it has no word any more could lie anywhere unseen. */
export function lintSealed(path: string, text: string): readonly Finding[] {
  if (!SEALED.test(path)) return []
  return SEALED_PARSERS.filter(({ pattern }) => text.match(pattern) === null).map(({ pattern }) => ({
    ...{ path, line: 1, text: pattern.source },
    because: 'the parse worker has this word no more: tools/lint-rules.ts must look for another',
  }))
}

function hosts(path: string, text: string): readonly Finding[] {
  const pattern = /\b(?:https?|wss?|ftp):\/\/([\w.-]*\w)/g
  return findAll(path, text, { pattern, because: 'a host that is not on the list in tools/lint-rules.ts' }).filter(
    ({ text: url }) => !HOSTS.has(url.slice(url.indexOf('//') + 2)),
  )
}

function findAll(path: string, text: string, { pattern, because }: Ban): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    path,
    line: lineAt(text, match.index),
    text: match[0],
    because,
  }))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
