// Takes from a worker, before anything else runs in it, every way to reach the network, storage or another thread.

const REACHES_OUT = [
  'fetch',
  'fetchLater',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'EventSource',
  'RTCPeerConnection',
  'RTCDataChannel',
  'importScripts',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'indexedDB',
  'caches',
  'cookieStore',
  'navigator',
  'Notification',
  'FileReaderSync',
  'requestFileSystem',
  'webkitRequestFileSystem',
  'webkitRequestFileSystemSync',
  'webkitResolveLocalFileSystemURL',
  'webkitResolveLocalFileSystemSyncURL',
] as const

/** Removes them from the scope and from all that it inherits from. Throws where one cannot be removed. */
export function sealScope(scope: object): void {
  for (let owner: object | null = scope; owner !== null; owner = Reflect.getPrototypeOf(owner)) {
    for (const name of REACHES_OUT) Reflect.deleteProperty(owner, name)
  }
  const left = REACHES_OUT.filter((name) => name in scope)
  if (left.length > 0) throw new Error(`the parse worker can still reach ${left.join(', ')}`)
}
