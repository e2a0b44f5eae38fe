import { inOrder } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { readChunks } from "@lade/core/operations";
import type { Lade } from "@lade/lade";
import { inputOf, isStandardInput, standardInput } from "@lade/transfer";
import { readNames } from "@lade/transfer/filter";
import { locate, locatePrefix, placeBelow } from "@lade/transfer/places";
import { algorithmOf, DIGITS, hashObject, parseSumLine, type SumLine } from "@lade/transfer/sums";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { SumMessage } from "../messages/hash_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import type { HashValues } from "./hash_options.ts";

/** A line of the list, or what is wrong with it. */
type Listed = (SumLine & { readonly problem?: undefined }) | { readonly problem: string };

/** Compares objects with a list of checksums. Lines that are none are failures: what they were to say is not checked. */
export async function checkSums(context: CommandContext, file: string, options: HashValues): Promise<void> {
  const { output, signal } = context;
  const { uris: [below, ...more], type, jobs, stored, recursive } = options;
  if (more.length > 0) {
    throw new UsageError("With -c there is one URI, below which the names of the list are.");
  }
  if (below !== undefined && isStandardInput(below)) throw new UsageError("With -c names are not below -.");
  if (recursive) throw new UsageError("With -c the list says what is checked, without -r.");
  const lade = await context.lade();
  const prefix = below === undefined ? undefined : await locatePrefix(lade, await locate(lade, below));
  const work = async (line: Listed) => {
    if (line.problem !== undefined) return { error: new Error(line.problem) };
    const { name, digits } = line;
    try {
      const algorithm = line.algorithm ?? type ?? algorithmOf(digits);
      if (algorithm === undefined) {
        throw new UsageError(`--type is needed: ${digits.length} digits are those of crc32 and of crc32c.`);
      }
      // As find writes names, and lade hash those below ".".
      const place = prefix ? placeBelow(prefix, name.replace(/^(?:\.\/+)+/, "")) : await locate(lade, name);
      const hash = await hashObject(place, { algorithm, stored, signal });
      return { name, isSame: hash.digits === digits };
    } catch (error) {
      return { name, error: error instanceof NotFoundError ? error.restated({ operation: "hash" }) : error };
    }
  };
  const counts = { checked: 0, different: 0 };
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  for await (const { name, isSame, error } of inOrder(linesOf(context, lade, file, options), atOnce, work)) {
    if (error instanceof UsageError) throw error;
    if (error !== undefined) await context.fail(error);
    if (name === undefined) continue;
    counts.checked++;
    if (isSame) {
      await output.done(new SumMessage(name, "OK"));
      continue;
    }
    output.isNegative = true;
    if (error === undefined) counts.different++;
    await output.result(new SumMessage(name, error === undefined ? "FAILED" : "FAILED open or read"));
  }
  if (counts.checked === 0) await context.fail(new Error(`${JSON.stringify(file)} lists no checksum`));
  const { different } = counts;
  const those = different === 1 ? "1 checksum does" : `${different} checksums do`;
  if (different > 0) await output.note(new NoteMessage(`${those} not fit`));
}

/** The lines of the list. */
async function* linesOf(
  { signal, terminal }: CommandContext,
  lade: Lade,
  file: string,
  { zero, type }: HashValues,
): AsyncGenerator<Listed> {
  const source = isStandardInput(file) ? "standard input" : JSON.stringify(file);
  for await (const text of readNames(readList(), { nul: zero, source, nulOption: "--zero" })) {
    const line = parseSumLine(text);
    const isOther = line && type && line.digits.length !== DIGITS[type];
    const problem = line ? `it is no ${type}` : "it is no checksum and a name";
    yield line && !isOther
      ? line
      : { problem: `Cannot check ${JSON.stringify(text)} of ${source}: ${problem}` };
  }
  async function* readList(): AsyncGenerator<Uint8Array> {
    if (isStandardInput(file)) return yield* standardInput(terminal.stdin).read(signal);
    const place = await locate(lade, file);
    const input = await inputOf(place.uri);
    if (input) return yield* input.read(signal);
    await using chunks = await readChunks(place.store, place.key, { signal });
    yield* chunks;
  }
}
