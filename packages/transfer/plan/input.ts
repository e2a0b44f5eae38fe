import { system } from "@lade/core/system";
import { localPathOf } from "../places/place.ts";
import type { ByteSource } from "./byte_source.ts";
import { InputError } from "./input_error.ts";
import { readInput } from "./read_input.ts";

/**
 * A source that is read to its end, since nobody knows how many bytes it has: standard input, a pipe, a device, a file
 * that the system writes while it is read.
 */
export interface Input {
  /** How messages name it. */
  readonly name: string;
  /** Reads it, in pieces that are valid until the next one. A failure is an {@linkcode InputError}. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Names by which programs that know no `-` are given standard input. */
const STANDARD_INPUT: ReadonlySet<string> = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/** Names that a shell makes for a pipe (`<(command)`), which say nothing of what comes out of it. */
const DESCRIPTOR = /^\/(?:dev|proc\/[^/]+)\/fd\/\d+$/;

/** Whether an argument stands for standard input. */
export function isStandardInput(argument: string): boolean {
  return STANDARD_INPUT.has(argument);
}

/** Whether a source lends no name to the object that is made of it. */
export function isNameless(argument: string): boolean {
  return isStandardInput(argument) || DESCRIPTOR.test(argument);
}

/** Standard input as a source. */
export function standardInput(stdin: ByteSource): Input {
  const name = "standard input";
  return {
    name,
    read: (signal) => readInput(() => Promise.resolve({ source: stdin, close: () => {} }), name, signal),
  };
}

/** A local source that has to be read to its end; `undefined` for a file of known size, and for what is no such source. */
export async function inputOf(uri: string): Promise<Input | undefined> {
  const path = localPathOf(uri);
  if (path === undefined || path.endsWith("/")) return undefined;
  const status = await system.stat(path).catch(() => undefined);
  if (!status || status.isDirectory || (status.isFile && !isWrittenBySystem(path))) return undefined;
  const name = JSON.stringify(uri);
  if (status.isSocket) {
    throw new InputError(name, "it is a socket, which only a program that connects to it can read");
  }
  const open = async () => {
    const source = await system.open(path);
    return { source, close: () => source.close() };
  };
  return { name, read: (signal) => readInput(open, name, signal) };
}

/** The system makes these files when they are read; the size that it gives is none. */
function isWrittenBySystem(path: string): boolean {
  return path.startsWith("/proc/") || path.startsWith("/sys/");
}
