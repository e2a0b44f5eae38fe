const NOTHING = new Uint8Array(0);

/**
 * Lets the event loop see to everything else that is ready. A message arrives once the loop has been round all that
 * waits inside the process, timers included; the first immediate of a process would load the timers of Node, 5 ms of CPU. Sockets it looks at only when it has nothing to run, as while an empty
 * job is at another thread: twice, since what the first look finds is often answered by the second.
 */
export async function passTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
  port1.close();
  await crypto.subtle.digest("SHA-1", NOTHING);
  await crypto.subtle.digest("SHA-1", NOTHING);
}
