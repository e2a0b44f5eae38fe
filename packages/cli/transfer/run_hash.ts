import { inOrder } from "@lade/core/concurrency";
import type { ObjectMeta } from "@lade/core";
import type { Lade } from "@lade/lade";
import { inputOf, isStandardInput, standardInput } from "@lade/transfer";
import {
  classifyWhole,
  explainMissing,
  locate,
  needContent,
  type Place,
  placeBelow,
  refuseMissing,
} from "@lade/transfer/places";
import { type Algorithm, base64ToHex, beginSum, formatSumLine, hashObject } from "@lade/transfer/sums";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { HashMessage } from "../messages/hash_messages.ts";
import { tellingLeftOut } from "../places/tell_left_out.ts";
import { filterOf, isFiltered, NEEDS_MANY } from "./filter_options.ts";
import type { HashValues } from "./hash_options.ts";
import { LineWriter } from "./line_writer.ts";

/** An object whose checksum is wanted. */
interface Wanted {
  /** How it is listed. */
  readonly name: string;
  /** What was given on the command line. */
  readonly argument: string;
  /** Where it is, and what a listing had of it; else it is found by what was given. */
  readonly found?: { readonly place: Place; readonly listed: ObjectMeta };
}

/** Prints checksums, or checks a list of them. */
export async function runHash(context: CommandContext, options: HashValues): Promise<void> {
  if (options.check !== undefined) {
    const { checkSums } = await import("./check_sums.ts");
    return await checkSums(context, options.check, options);
  }
  if (options.uris.length === 0) throw new UsageError("A URI or path is needed.");
  if (isFiltered(options) && !options.recursive) throw new UsageError(NEEDS_MANY);
  if (options.recursive && options.uris.some(isStandardInput)) {
    throw new UsageError("With -r no place can be -.");
  }
  const { type = "sha256", format, zero, jobs } = options;
  const lade = await context.lade();
  const lines = new LineWriter(context, zero);
  const work = async (wanted: Wanted) => {
    try {
      return { wanted, hash: await hashOne(context, lade, wanted, type, options.stored) };
    } catch (error) {
      return { wanted, error };
    }
  };
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  for await (const done of inOrder(listWanted(context, lade, options), atOnce, work)) {
    if (!done.hash) {
      await context.fail(done.error);
      continue;
    }
    const { wanted: { name }, hash: { digits, ...hash } } = done;
    const line = formatSumLine({ digits, name }, format === "sha256sum" && !zero);
    await lines.write(line, new HashMessage({ name, algorithm: type, digits, line, ...hash }));
  }
  await lines.end();
}

/** The objects of the command line, each in its turn. What cannot be listed is a failure, and the rest goes on. */
async function* listWanted(context: CommandContext, lade: Lade, options: HashValues): AsyncGenerator<Wanted> {
  const { recursive, uris, format } = options;
  const filter = await filterOf(context, options, uris);
  const { signal } = context;
  for (const argument of uris) {
    if (!recursive) {
      yield { name: argument, argument };
      continue;
    }
    try {
      const place = await locate(lade, argument);
      const { object, prefix } = await classifyWhole(lade, place, "hash", signal);
      if (object) yield { name: argument, argument, found: { place, listed: object } };
      if (!prefix) continue;
      const base = format === "rclone" ? "" : argument.endsWith("/") ? argument : `${argument}/`;
      let isEmpty = true;
      const listing = { signal, ...tellingLeftOut(context, prefix) };
      for await (const listed of prefix.store.list(prefix.key, listing)) {
        isEmpty = false;
        const name = listed.key.slice(prefix.key.length);
        if (filter && !filter(listed, name)) continue;
        yield { name: base + name, argument, found: { place: placeBelow(prefix, name), listed } };
      }
      if (isEmpty) await refuseMissing(prefix, "hash");
    } catch (error) {
      await context.fail(error);
    }
  }
}

async function hashOne(
  { signal, terminal }: CommandContext,
  lade: Lade,
  { argument, found }: Wanted,
  algorithm: Algorithm,
  stored: boolean,
): Promise<
  { readonly digits: string; readonly uri?: string; readonly size?: number; readonly isStored: boolean }
> {
  const place = found?.place ?? (isStandardInput(argument) ? undefined : await locate(lade, argument));
  const input = !place ? standardInput(terminal.stdin) : found ? undefined : await inputOf(place.uri);
  if (input) {
    const sum = beginSum(algorithm);
    for await (const chunk of input.read(signal)) sum.update(chunk);
    return { digits: base64ToHex(sum.finish()), ...(place && { uri: place.uri }), isStored: false };
  }
  if (!place) throw new TypeError("there is nothing to read");
  const advice = "add -r for everything under it";
  if (!found) await needContent(place, { operation: "hash", advice, signal });
  try {
    const hash = await hashObject(place, { algorithm, stored, listed: found?.listed, signal });
    return { ...hash, uri: place.uri };
  } catch (error) {
    throw await explainMissing(error, { lade, place, operation: "hash", advice, signal });
  }
}
