import { readFileSync } from "node:fs";

/**
 * Bytes written to a TCP socket on 127.0.0.1 that its peer's system does not have yet, or undefined where
 * that cannot be told (proc(5), `/proc/net/tcp`).
 */
export function unsentBytes(localPort: number, remotePort: number): number | undefined {
  const address = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const wanted = `: ${address(localPort)} ${address(remotePort)} `;
  try {
    const line = readFileSync("/proc/net/tcp", "latin1").split("\n").find((line) => line.includes(wanted));
    const queue = line === undefined ? undefined : /^\s*\d+: \S+ \S+ \S+ ([0-9A-F]{8}):/.exec(line)?.[1];
    return queue === undefined ? undefined : parseInt(queue, 16);
  } catch {
    // Not Linux, or not permitted.
    return undefined;
  }
}
