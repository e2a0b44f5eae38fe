import type { ObjectFilter } from "@lade/transfer/filter";
import { isThere, locatePrefix, refuseMissing } from "@lade/transfer/places";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { TreeMessage, TreeSumMessage } from "../messages/tree_messages.ts";
import { chooseBelow, nothingMatches, objectsBelow } from "../transfer/choose_below.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { filterOf, filterOptions, globOptions } from "../transfer/filter_options.ts";
import { placeValue } from "../values/place_value.ts";
import { integerValue } from "../values/plain_values.ts";

const options = {
  ...filterOptions,
  ...globOptions,
  humanSizes: flag(["-H", "--human-readable"], "Print sizes as 1.50 MiB instead of in bytes."),
  maxDepth: option(
    ["-d", "--max-depth"],
    integerValue({ metavar: "N", least: 1 }),
    Infinity,
    "Show N levels, and of what lies deeper the number of objects and their bytes.",
  ),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A prefix or a container; the working directory by default.",
  ),
};

type TreeOptions = ValuesOf<typeof options>;

/** `lade tree`. */
export const tree = defineCommand({
  name: "tree",
  brief: "Show objects as a tree",
  description:
    "Prints what lies under a prefix, each level indented, with sizes, and sums up. It prints while it \
lists, whatever the number of objects.",
  usage: "[URI...]",
  examples: [
    ["lade tree -d 2 -H s3://bucket/data/", "shows two levels, and what the prefixes below hold"],
    ['lade tree --include "*.parquet" s3://bucket/tables/', "shows only those files, and where they are"],
  ],
  options,
  whenUnread: "ends",
  run: runTree,
});

/** Shows each place. */
async function runTree(context: CommandContext, options: TreeOptions): Promise<void> {
  const places = options.uris.length > 0 ? options.uris : ["."];
  const filter = await filterOf(context, options, places);
  for (const argument of places) {
    try {
      await showTree(context, options, argument, filter);
    } catch (error) {
      await context.fail(error);
    }
  }
}

/** Objects below a prefix that is shown in one line, when all of it has been listed. */
interface Folded {
  readonly prefix: string;
  readonly depth: number;
  size: number;
  objects: number;
}

/** In the order of keys all that lies in a prefix comes together: only the prefixes on the way are held. */
async function showTree(
  context: CommandContext,
  { glob, humanSizes, maxDepth }: TreeOptions,
  argument: string,
  given: ObjectFilter | undefined,
): Promise<void> {
  const { output, signal } = context;
  const { place, filter, pattern } = await chooseBelow(context, argument, { glob, filter: given });
  const root = await locatePrefix(await context.lade(), place);
  const { key, uri, uriOf } = root;
  const sum = { directories: 0, objects: 0, size: 0 };
  let open: readonly string[] = [];
  let folded: Folded | undefined;
  const show = (
    shown: string,
    depth: number,
    rest: { readonly size?: number; readonly objects?: number },
  ) => {
    const name = shown.slice(shown.replace(/\/$/, "").lastIndexOf("/") + 1);
    return output.result(new TreeMessage({ uri: uriOf(shown), name, depth, ...rest }, humanSizes));
  };
  const close = async () => {
    const closed = folded;
    folded = undefined;
    if (closed) await show(closed.prefix, closed.depth, { size: closed.size, objects: closed.objects });
  };
  for await (const meta of objectsBelow(context, root, filter, "key")) {
    if (sum.objects++ === 0) await output.result(new TreeMessage({ uri, name: uri, depth: 0 }, humanSizes));
    sum.size += meta.size;
    if (folded && !meta.key.startsWith(folded.prefix)) await close();
    const directories = directoriesOf(meta.key, key);
    for (const [index, directory] of directories.entries()) {
      if (open[index] === directory) continue;
      open = [...open.slice(0, index), directory];
      sum.directories++;
      if (index + 1 < maxDepth) await show(directory, index + 1, {});
      else if (index + 1 === maxDepth) folded = { prefix: directory, depth: maxDepth, size: 0, objects: 0 };
    }
    open = open.slice(0, directories.length);
    if (folded) {
      folded.size += meta.size;
      folded.objects++;
    } else if (!meta.key.endsWith("/") && meta.key !== key) {
      await show(meta.key, directories.length + 1, { size: meta.size });
    }
  }
  await close();
  if (sum.objects > 0) return await output.result(new TreeSumMessage({ uri, ...sum }, humanSizes));
  if (pattern !== undefined) throw nothingMatches("show", pattern);
  if (!(filter && await isThere(root, signal))) await refuseMissing(root, "show");
  await output.result(new TreeSumMessage({ uri, ...sum }, humanSizes));
}

/** The prefixes between a root and an object, from the top. */
function directoriesOf(key: string, root: string): string[] {
  const directories: string[] = [];
  for (let end = key.indexOf("/", root.length); end >= 0; end = key.indexOf("/", end + 1)) {
    directories.push(key.slice(0, end + 1));
  }
  return directories;
}
