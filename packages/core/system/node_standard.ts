import { nodeModule, type NodeModules } from "@lade/codec/node";
import { errorCode } from "./error_code.ts";
import { NodeFile } from "./node_file.ts";
import { NodeStream } from "./node_stream.ts";
import type { SystemInput, SystemOutput } from "./system_stream.ts";

/** How long what has no room is waited for before it is asked again. */
const WAIT_MS = 5;

/**
 * A standard stream of Node. What the system tells to be ready (a pipe, a terminal, a socket) is waited for by the event loop,
 * since Node does not end before a thread does that waits in a call; a file is read and written as any other.
 */
export class NodeStandard implements SystemInput, SystemOutput {
  readonly #fd: 0 | 1 | 2;
  #opened: NodeStream | NodeFile | undefined;

  constructor(fd: 0 | 1 | 2) {
    this.#fd = fd;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#stream.read(target);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#stream.write(bytes);
  }

  writeSync(bytes: Uint8Array): number {
    for (;;) {
      try {
        return nodeFs().writeSync(this.#fd, bytes);
      } catch (error) {
        // Whoever shares the pipe may have set it not to wait.
        if (errorCode(error) !== "EAGAIN") throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
      }
    }
  }

  isTerminal(): boolean {
    return nodeTty().isatty(this.#fd);
  }

  get #stream(): NodeStream | NodeFile {
    return this.#opened ??= this.#isWaitedFor() ? new NodeStream(streamOf(this.#fd)) : NodeFile.of(this.#fd);
  }

  #isWaitedFor(): boolean {
    const status = nodeFs().fstatSync(this.#fd);
    return this.isTerminal() || status.isFIFO() || status.isSocket();
  }
}

/** Columns and rows of the first standard stream that is a terminal; an error where none is. */
export function consoleSize(): { columns: number; rows: number } {
  const { isatty, WriteStream } = nodeTty();
  const fd = [0, 1, 2].find((fd) => isatty(fd));
  if (fd === undefined) throw new Error("none of the standard streams is a terminal");
  const terminal = fd === 0 ? new WriteStream(fd) : streamOf(fd as 1 | 2) as InstanceType<typeof WriteStream>;
  const [columns, rows] = terminal.getWindowSize();
  if (fd === 0) terminal.destroy();
  return { columns, rows };
}

/** Those of the process: what is written to is never closed, lest a file that is opened later gets its number. */
function streamOf(fd: 0 | 1 | 2): NodeModules["node:process"]["stdin" | "stdout" | "stderr"] {
  const process = nodeModule("node:process") as NodeModules["node:process"];
  // Each is opened when it is first asked for.
  return process[(["stdin", "stdout", "stderr"] as const)[fd]];
}

function nodeFs(): NodeModules["node:fs"] {
  return nodeModule("node:fs") as NodeModules["node:fs"];
}

function nodeTty(): NodeModules["node:tty"] {
  return nodeModule("node:tty") as NodeModules["node:tty"];
}
