import { nodeModule } from "@lade/codec/node";

/**
 * What is told of errors that nothing has caught, by events `error` and `unhandledrejection` as a browser has them: the global
 * object, and on Node, which has no such events, one that makes them of its own. There nothing else is done about such an error.
 */
export function uncaughtErrors(): EventTarget {
  const process = typeof Deno === "undefined" ? nodeModule("node:process") : undefined;
  if (!process) return globalThis;
  const target = new EventTarget();
  const tell = (type: string, told: object) =>
    void target.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), told));
  process.on("uncaughtException", (error) => tell("error", { error }));
  process.on("unhandledRejection", (reason) => tell("unhandledrejection", { reason }));
  return target;
}
