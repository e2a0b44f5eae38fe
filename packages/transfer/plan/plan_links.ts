import type { LeftOut, ObjectMeta, ObjectTree } from "@lade/core";
import { tellableTime } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import { errorCode, system } from "@lade/core/system";
import { everyFilter, type ObjectFilter } from "../filter/object_filter.ts";
import { directoriesAbove } from "../places/directories_above.ts";
import { localPathOf, type Place, placeBelow } from "../places/place.ts";
import type { Job, Refusal } from "./job.ts";
import { LINK_SUFFIX } from "./link_mode.ts";
import { isLocal, type JobPlan, withDestination } from "./job_plan.ts";

/** What is planned of the links of a tree, and which of the rest goes. */
export interface PlannedLinks {
  /** The links, each as one entry, and the directories that may not be read. */
  readonly jobs: readonly (Job | Refusal)[];
  /** The plan's filter, without the links and what lies behind them, and without those directories. */
  readonly filter: ObjectFilter;
  /** The names of those directories, each ending in a slash: what a listing tells of them is told already. */
  readonly unread: ReadonlySet<string>;
  /** The names that links take in a store, each with that of the link: no file gets one of them. */
  readonly taken: ReadonlyMap<string, string>;
}

/**
 * Plans the symbolic links below a local prefix, which are not followed: left out with a note, or brought as links. It walks
 * the tree once more than its listing, and holds the names of the links.
 */
export async function planLinks(plan: JobPlan, prefix: Place, tree: ObjectTree): Promise<PlannedLinks> {
  const { filter, signal } = plan;
  const names = new Set<string>();
  const jobs: (Job | Refusal)[] = [];
  const taken = new Map<string, string>();
  const unread = new Set<string>();
  const onLeftOut = ({ key, error }: LeftOut) => {
    // The listing tells of those that have no name.
    if (!error) return;
    if (key === prefix.key) throw error;
    const name = key.slice(prefix.key.length);
    unread.add(name);
    names.add(name.slice(0, -1));
    jobs.push({ uri: prefix.uriOf(key), reason: error });
  };
  const isObject = plan.links === "preserve" && !isLocal(plan.destination);
  for await (const { key, kind } of tree.walk(prefix.key, { onLeftOut, signal })) {
    if (kind !== "link") continue;
    const name = key.slice(prefix.key.length);
    names.add(name);
    const from = placeBelow(prefix, name);
    if (!(filter?.(await metaOf(from), name) ?? true)) continue;
    jobs.push(await planLink(plan, from, name));
    if (isObject) taken.set(name + LINK_SUFFIX, name);
  }
  const others = (_meta: ObjectMeta, name: string) => !isBehind(name, names);
  return {
    jobs,
    taken,
    unread,
    filter: everyFilter([Object.assign(others, { byNameOnly: true }), filter]) ?? others,
  };
}

async function planLink(plan: JobPlan, from: Place, name: string): Promise<Job | Refusal> {
  const { destination, links, operation } = plan;
  if (links === "skip") return { uri: from.uri, reason: "it is a symbolic link" };
  let leadsTo: string;
  try {
    leadsTo = await system.readLink(localPathOf(from.uri) ?? "");
  } catch (cause) {
    if (errorCode(cause) !== "EILSEQ") throw cause;
    const detail = "it is a symbolic link whose text is not UTF-8";
    return { uri: from.uri, reason: new UnsupportedError({ operation, uri: from.uri, detail, cause }) };
  }
  if (isLocal(destination)) {
    return withDestination(plan, { from, size: 0, makesLink: true }, name);
  }
  const text = new TextEncoder().encode(leadsTo);
  const read = async function* () {
    yield text;
  };
  return withDestination(plan, { from, input: { name: JSON.stringify(from.uri), read } }, name + LINK_SUFFIX);
}

/** The link's own size and time. */
async function metaOf({ key, uri }: Place): Promise<ObjectMeta> {
  const { size, mtime } = await system.lstat(localPathOf(uri) ?? "");
  return { key, size, lastModified: mtime ? tellableTime(mtime) : new Date(NaN) };
}

/** Whether a name is that of a link, or lies behind one. */
function isBehind(name: string, links: ReadonlySet<string>): boolean {
  if (links.size === 0) return false;
  for (const directory of directoriesAbove(name)) if (links.has(directory)) return true;
  return links.has(name);
}
