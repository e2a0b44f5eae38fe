import type { ListOptions, ObjectMeta } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import type { ObjectFilter } from "@lade/transfer/filter";
import { locate, type Place } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { splitArgument } from "./filter_options.ts";
import { tellingLeftOut } from "../places/tell_left_out.ts";

/** What an argument of a command that reads stands for. */
export interface Chosen {
  /** Where it leads: with wildcards the prefix below which names match. */
  readonly place: Place;
  /** Which objects are meant; all where absent. */
  readonly filter?: ObjectFilter;
  /** The argument with its wildcards; absent where it holds none. */
  readonly pattern?: string;
}

/** Finds what an argument stands for: with `glob` its wildcards are a filter more. */
export async function chooseBelow(
  context: CommandContext,
  argument: string,
  { glob, filter }: { readonly glob: boolean; readonly filter: ObjectFilter | undefined },
): Promise<Chosen> {
  const lade = await context.lade();
  const split = glob ? await splitArgument(argument) : undefined;
  if (!split) return { place: await locate(lade, argument), ...(filter && { filter }) };
  const { everyFilter } = await import("@lade/transfer/filter");
  const place = await locate(lade, split.base);
  return { place, pattern: argument, filter: everyFilter([split.filter, filter]) ?? split.filter };
}

/** Nothing that matches is a `NotFoundError`, for it was named. */
export function nothingMatches(operation: string, uri: string): NotFoundError {
  return new NotFoundError({ operation, uri, detail: "nothing matches" });
}

/** The objects below a prefix that are meant. Names of a list that are not there are told as failures. */
export async function* objectsBelow(
  context: CommandContext,
  place: Place,
  filter: ObjectFilter | undefined,
  order: NonNullable<ListOptions["order"]>,
): AsyncGenerator<ObjectMeta> {
  const { store, key } = place;
  const listing = { signal: context.signal, order, ...tellingLeftOut(context, place) };
  if (!filter) return yield* store.list(key, listing);
  const { meantBelow } = await import("@lade/transfer/filter");
  for await (const { meta, error } of meantBelow(store, key, filter, listing)) {
    if (meta) yield meta;
    else await context.fail(error);
  }
}
