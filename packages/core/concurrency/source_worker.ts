/** A worker, as far as its owner uses it. */
export type SourceWorker = Pick<
  Worker,
  "onmessage" | "onerror" | "onmessageerror" | "postMessage" | "terminate"
>;

/**
 * Starts a worker with a program that is text. It is in a `data:` URL, which needs no permission, and works from a bundle and
 * a compiled program.
 */
export function startSourceWorker(source: string, name: string): SourceWorker {
  return new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: "module", name });
}
