// A turn for others: messages come in between two tasks, never between two promises.

let macrotasks: { readonly channel: MessageChannel; readonly waiting: (() => void)[] } | null = null

/** Lets messages in: a promise alone would not, and a timer would wait 4 ms when nested. */
export function nextMacrotask(): Promise<void> {
  if (macrotasks === null) {
    const channel = new MessageChannel()
    const waiting: (() => void)[] = []
    channel.port1.onmessage = () => waiting.shift()?.()
    macrotasks = { channel, waiting }
  }
  const { channel, waiting } = macrotasks
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(null)
  })
}
