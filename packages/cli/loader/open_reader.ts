import { errorWords, listenUnix, system, type UnixConnection, type UnixListener } from "@lade/core/system";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { ClosedOutputError } from "../output/output_error.ts";
import { writeAll } from "../output/write_all.ts";

/** Bytes that the path of a Unix socket may have on Linux. */
const LONGEST_PATH = 107;

/** Whoever reads the stream. */
export interface StreamReader extends AsyncDisposable {
  /** Writes all of the bytes; a `ClosedOutputError` where the reader has gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads some of what it says, and tells how many bytes; a `ClosedOutputError` where it has gone. */
  read(into: Uint8Array): Promise<number>;
}

/**
 * Waits for one reader on the Unix socket `unix:PATH`, which only this user may connect to. Its file is made anew, never in place of another
 * one, and removed as soon as the reader is there, or nothing waits for one any more.
 */
export async function openReader(
  address: string,
  { output, signal }: CommandContext,
): Promise<StreamReader> {
  const path = address.replace(/^unix:/, "");
  signal.throwIfAborted();
  const connection = await accept(
    path,
    () => output.note(new NoteMessage(`listening on unix:${path}`)),
    signal,
  );
  const sink = { write: (bytes: Uint8Array) => connection.write(bytes), isTerminal: () => false };
  return {
    async write(bytes) {
      try {
        await writeAll(sink, bytes, signal);
      } catch (error) {
        throw isGone(error) ? new ClosedOutputError() : error;
      }
    },
    async read(into) {
      let length: number | null;
      try {
        length = await connection.read(into);
      } catch (error) {
        throw isGone(error) ? new ClosedOutputError() : error;
      }
      if (length === null) throw new ClosedOutputError();
      return length;
    },
    [Symbol.asyncDispose]() {
      connection.close();
      return Promise.resolve();
    },
  };
}

async function accept(
  path: string,
  onListening: () => Promise<void>,
  signal: AbortSignal,
): Promise<UnixConnection> {
  const listener = await listen(path);
  let isOpen = true;
  const close = () => {
    if (isOpen) listener.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close);
  try {
    system.chmodSync(path, 0o600);
    await onListening();
    signal.throwIfAborted();
    return await listener.accept();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

async function listen(path: string): Promise<UnixListener> {
  try {
    return await listenUnix(path);
  } catch (error) {
    const { AddrInUse, AlreadyExists } = system.errors;
    const { length } = new TextEncoder().encode(path);
    const detail = length > LONGEST_PATH
      ? `a socket's path has ${LONGEST_PATH} bytes at most, and this one ${length}: name a shorter one`
      : error instanceof AddrInUse || error instanceof AlreadyExists
      ? "something lies there already: remove it, or name another path"
      : errorWords(error);
    throw new Error(`Cannot listen on unix:${path}: ${detail}`, { cause: error });
  }
}

function isGone(error: unknown): boolean {
  const { BrokenPipe, ConnectionReset, ConnectionAborted } = system.errors;
  return error instanceof BrokenPipe || error instanceof ConnectionReset ||
    error instanceof ConnectionAborted;
}
