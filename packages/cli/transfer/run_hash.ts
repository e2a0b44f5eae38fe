import { inOrder } from "@lade/core/concurrency";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import type { LeftOut, ObjectMeta } from "@lade/core";
import type { Lade } from "@lade/lade";
import { inputOf, isStandardInput, standardInput } from "@lade/transfer";
import {
  classifyPlace,
  classifyWhole,
  explainMissing,
  isLocalDirectory,
  isPrefix,
  isThere,
  locate,
  type Place,
  placeBelow,
  refuseMissing,
} from "@lade/transfer/places";
import { type ObjectFilter, unknownMeta } from "@lade/transfer/filter";
import { type Algorithm, base64ToHex, beginSum, formatSumLine, hashObject } from "@lade/transfer/sums";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { HashMessage } from "../messages/hash_messages.ts";
import { tellingLeftOut } from "../places/tell_left_out.ts";
import { filterOf, FOR_MANY } from "./filter_options.ts";
import type { HashValues } from "./hash_options.ts";
import { givenJobs } from "../progress/watch_command_limits.ts";
import { watchLimit } from "./tell_limit.ts";
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
  if (options.recursive && options.uris.some(isStandardInput)) {
    throw new UsageError("With -r no place can be -.");
  }
  const { type = "sha256", format, zero, jobs } = options;
  const lade = await context.lade();
  const tellLimit = await watchLimit(context, givenJobs(jobs));
  let hashed = 0;
  const lines = new LineWriter(context, zero);
  const filter = await filterOf(context, options, options.uris);
  const work = async (wanted: Wanted) => {
    try {
      return { wanted, hash: await hashOne(context, lade, wanted, type, options.stored) };
    } catch (error) {
      return { wanted, error, prefix: await insteadOf(context, lade, wanted, error) };
    }
  };
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  const print = async (all: AsyncIterable<Wanted>): Promise<void> => {
    for await (const { wanted, hash: done, prefix, error } of inOrder(all, atOnce, work)) {
      if (prefix) await print(listBelow(context, { argument: wanted.argument, prefix, filter, format }));
      else if (!done) await context.fail(error);
      else {
        const { name } = wanted;
        const { digits, ...hash } = done;
        hashed++;
        const line = formatSumLine({ digits, name }, format === "sha256sum" && !zero);
        await lines.write(line, new HashMessage({ name, algorithm: type, digits, line, ...hash }));
      }
    }
  };
  await print(listWanted(context, lade, options, filter));
  await lines.end();
  if (hashed > 0) await tellLimit?.({ objects: hashed });
}

/** The prefix of a name of which there is no object. */
async function insteadOf(
  { signal }: CommandContext,
  lade: Lade,
  { argument, found }: Wanted,
  error: unknown,
): Promise<Place | undefined> {
  if (!(error instanceof NotFoundError) || found || isStandardInput(argument)) return undefined;
  try {
    return (await classifyPlace(lade, await locate(lade, argument), "hash", signal)).prefix;
  } catch {
    return undefined;
  }
}

/**
 * The objects of the command line, each in its turn. What names a prefix plainly is listed, and so is all with -r; what
 * else it names is found out by reading it. What cannot be listed is a failure, and the rest goes on.
 */
async function* listWanted(
  context: CommandContext,
  lade: Lade,
  { recursive, uris, format }: HashValues,
  filter: ObjectFilter | undefined,
): AsyncGenerator<Wanted> {
  const { signal } = context;
  for (const argument of uris) {
    try {
      if (isStandardInput(argument)) {
        yield { name: argument, argument };
        continue;
      }
      const place = await locate(lade, argument);
      if (!recursive && !filter && !isPrefix(place) && !await isLocalDirectory(place.uri)) {
        yield { name: argument, argument };
        continue;
      }
      const { object, prefix } = await classifyWhole(lade, place, "hash", signal);
      if (object && filter && !recursive) {
        throw new UsageError(`${JSON.stringify(argument)} is one object. ${FOR_MANY}`);
      }
      if (object) yield { name: argument, argument, found: { place, listed: object } };
      if (prefix) yield* listBelow(context, { argument, prefix, filter, format });
    } catch (error) {
      if (error instanceof UsageError) throw error;
      await context.fail(error);
    }
  }
}

/** What lies below a prefix, by the names that go with its argument. */
async function* listBelow(
  context: CommandContext,
  { argument, prefix, filter, format }: {
    readonly argument: string;
    readonly prefix: Place;
    readonly filter: ObjectFilter | undefined;
    readonly format: HashValues["format"];
  },
): AsyncGenerator<Wanted> {
  const base = format === "rclone" ? "" : argument.endsWith("/") ? argument : `${argument}/`;
  let isEmpty = true;
  // A list that lacks what has bytes would pass for one of all.
  const onLeftOut = (left: LeftOut) => {
    const { key, reason, hasBytes, error } = left;
    const uri = prefix.uriOf(key);
    if (!error && filter?.(unknownMeta(key), key.slice(prefix.key.length)) === false) return;
    if (!hasBytes || error) return tellingLeftOut(context, prefix).onLeftOut?.(left);
    void context.fail(new UnsupportedError({ operation: "hash", uri, detail: reason })).catch(() => {});
  };
  const { signal } = context;
  const { meantBelow } = await import("@lade/transfer/filter");
  const meant = meantBelow(prefix.store, prefix.key, filter, { signal, onLeftOut });
  for await (const { name, meta: listed, error } of meant) {
    isEmpty = false;
    if (error) await context.fail(error);
    else yield { name: base + name, argument, found: { place: placeBelow(prefix, name), listed } };
  }
  // What the filter leaves out is there all the same.
  if (isEmpty && !(filter && await isThere(prefix, signal))) await refuseMissing(prefix, "hash");
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
  try {
    const hash = await hashObject(place, { algorithm, stored, listed: found?.listed, signal });
    return { ...hash, uri: place.uri };
  } catch (error) {
    const advice = "add a slash at its end";
    throw await explainMissing(error, { lade, place, operation: "hash", advice, signal });
  }
}
