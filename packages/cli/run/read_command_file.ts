import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { getBytes } from "@lade/core/operations";
import { inputOf, isStandardInput, standardInput } from "@lade/transfer";
import { locate, needContent } from "@lade/transfer/places";

/** Reads all of a file of commands: a local file, an object, a pipe, or standard input. */
export async function readCommandFile(
  context: CommandContext,
  file: string,
): Promise<{ readonly name: string; readonly text: string }> {
  const bytes = await readBytes(context, file);
  try {
    return { name: file, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw new UsageError(`${JSON.stringify(file)} holds no commands: it is not text (UTF-8).`);
  }
}

async function readBytes({ lade, signal, terminal }: CommandContext, file: string): Promise<Uint8Array> {
  const stdin = isStandardInput(file) ? standardInput(terminal.stdin) : undefined;
  const place = stdin ? undefined : await locate(await lade(), file);
  const input = stdin ?? (place && await inputOf(place.uri));
  if (!input) {
    if (!place) throw new TypeError("Cannot read commands: no place");
    await needContent(place, { operation: "get", advice: "name a file of commands", signal });
    return (await getBytes(place.store, place.key, { signal })).bytes;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of input.read(signal)) pieces.push(piece.slice());
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
