import { directoryOf, localPath, uriPathOf } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import type { ObjectTree } from "@lade/core";
import { NotEmptyError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { system } from "@lade/core/system";
import {
  isLocalDirectory,
  localPathOf,
  locate,
  locatePrefix,
  type Place,
  placeBelow,
} from "../places/place.ts";
import { removeEmptyDirectories } from "../places/remove_empty_directories.ts";
import type { Job, Refusal } from "../plan/job.ts";
import type { JobRunner } from "./job_runner.ts";
import { type JobPlan, withDestination } from "../plan/job_plan.ts";
import { unknownMeta } from "../filter/unknown_meta.ts";
import { planAhead } from "./plan_ahead.ts";
import { refuseLocalOverlap } from "./refuse_local_overlap.ts";
import { linkWithSlash } from "../plan/link_with_slash.ts";
import { LoopWatch } from "../plan/loop_watch.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** A move of a local directory to a store of objects, or by a filter to anywhere. */
export interface TreeMoveAway {
  /** What is moved, and where to. */
  readonly plan: JobPlan;
  /** Does the jobs. */
  readonly runner: JobRunner;
  /** Counts and prints. */
  readonly tally: TransferTally;
  /** How many objects to move concurrently. */
  readonly jobs: number;
  /** Nothing is done, only shown. */
  readonly dryRun: boolean;
}

const EMPTY = "it is an empty directory, which a store of objects cannot hold: it stays";

/**
 * Moves a local directory to a store of objects without losing what links in it lead to. First goes the content of every
 * link, under the name of the link, and nothing is removed; only when all of that is there the files are moved; at last
 * the links and the directories that have become empty are removed. Directories that were empty stay, and are reported.
 * With a filter, which may go to another local place too, links to directories stay, and so do all directories. A link
 * that was replaced meanwhile stays, and is a failure. Resolves with whether this was such a move.
 */
export async function moveTreeAway(move: TreeMoveAway): Promise<boolean> {
  const { plan, runner, tally, jobs, dryRun } = move;
  const { lade, sources: [source = ""], destination, filter, signal } = plan;
  if (destination.kind !== "prefix") return false;
  const isWithin = localPathOf(destination.place.uri) !== undefined;
  if (isWithin && !filter) return false;
  const place = await locate(lade, source);
  const path = localPathOf(place.uri);
  if (path === undefined || !await isLocalDirectory(place.uri)) return false;
  const prefix = await locatePrefix(lade, place);
  const { tree } = prefix.store;
  if (!tree) return false;
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  const run = (planned: AsyncIterable<Job | Refusal>, isLast: boolean) => {
    const counting = {
      planned: (objects: number, bytes: number, unsized: number) => tally.planned(objects, bytes, unsized),
      plannedAll: () => isLast && tally.plannedAll(),
    };
    return inParallel(planAhead(planned, counting), atOnce, (job) => runner.run(job), signal);
  };
  const isDone = () => tally.failed === 0 && !dryRun;
  if (isWithin) {
    await refuseLocalOverlap(plan, prefix, destination.place);
    const watch = new LoopWatch(plan, prefix, destination.place);
    for await (const { key } of tree.walk(prefix.key, { signal })) {
      await watch.check(key.slice(prefix.key.length));
    }
  }
  if (await tree.kindOf("", { signal }) === "link") {
    if (path.endsWith("/")) throw linkWithSlash(place.uri);
    await run(behindPrefix(plan, prefix, ""), true);
    // What exists there already, and what the filter leaves out, has not been brought.
    if (isDone() && tally.skipped === 0 && !filter) await removeLink(move, path.replace(/\/+$/, ""));
    return true;
  }
  if (!await holdsAny(tree, prefix, signal)) {
    await tally.skip(prefix.uri, EMPTY);
    return true;
  }
  const links = new Map<string, string>();
  const refused = { count: 0 };
  await run(planLinks(plan, prefix, tree, links, refused), false);
  if (tally.failed > 0) return true;
  // What exists there already has not been brought, and its link is all there is of it.
  if (tally.skipped > refused.count) links.clear();
  const empty: string[] = [];
  await run(planFiles(plan, prefix, tree, empty), true);
  signal.throwIfAborted();
  if (!isDone()) return true;
  for (const [key, target] of links) {
    if (await targetOf(prefix, key) === target) await removeOne(tree, key, signal);
    else await tally.fail(prefix.uriOf(key), replaced(prefix.uriOf(key)));
  }
  if (filter || tally.failed > 0) return true;
  if (empty.length === 0 && tally.skipped === 0) await removeEmptyDirectories(lade, prefix, signal);
  else await removeEmptied(move, prefix, tree, empty);
  return true;
}

async function holdsAny(tree: ObjectTree, prefix: Place, signal: AbortSignal): Promise<boolean> {
  for await (const _ of tree.walk(prefix.key, { signal })) return true;
  return false;
}

/** The content of every link, under its name. `links` takes those whose content goes along, and what they lead to. */
async function* planLinks(
  plan: JobPlan,
  prefix: Place,
  tree: ObjectTree,
  links: Map<string, string>,
  refused: { count: number },
): AsyncGenerator<Job | Refusal> {
  for await (const { key, kind } of tree.walk(prefix.key, { signal: plan.signal })) {
    if (kind !== "link") continue;
    const leadsToDirectory = await isLocalDirectory(prefix.uriOf(key));
    if (!leadsToDirectory && !await isWanted(plan, prefix, key)) continue;
    const reason = await faultOf(prefix, key);
    if (reason !== undefined) {
      refused.count++;
      yield { uri: prefix.uriOf(key), reason };
      continue;
    }
    // Of a directory only a part goes maybe.
    const target = await targetOf(prefix, key);
    if (target !== undefined && (!leadsToDirectory || !plan.filter)) links.set(key, target);
    if (leadsToDirectory) yield* behindPrefix(plan, prefix, `${key}/`);
    else yield linked(withDestination(plan, { from: placeBelow(prefix, key) }, key));
  }
}

/** What a link says that it leads to; `undefined` for what is no link, or no more. */
async function targetOf(prefix: Place, key: string): Promise<string | undefined> {
  return await system.readLink(localPathOf(prefix.uriOf(key)) ?? "").catch(() => undefined);
}

function replaced(uri: string): PreconditionFailedError {
  const detail = "it is not the link any more whose content was moved, and stays";
  return new PreconditionFailedError({ operation: "mv", uri, detail });
}

/** Why the content of a link does not go along. */
async function faultOf(prefix: Place, key: string): Promise<string | undefined> {
  const path = localPathOf(prefix.uriOf(key)) ?? "";
  try {
    const [target, directory] = [
      localPath(await system.realPath(path)),
      localPath(await system.realPath(directoryOf(path))),
    ];
    return `${directory}/`.startsWith(`${target}/`)
      ? "it is a symbolic link to a directory that it lies in, and stays"
      : undefined;
  } catch (error) {
    if (error instanceof system.errors.NotFound || error instanceof system.errors.FilesystemLoop) {
      return "it is a symbolic link that leads nowhere, and stays";
    }
    // What else is wrong with it is for the store to say.
    return undefined;
  }
}

/** Everything that is read below a link. */
async function* behindPrefix(plan: JobPlan, prefix: Place, below: string): AsyncGenerator<Job | Refusal> {
  for await (const meta of prefix.store.list(below, { signal: plan.signal, order: "any" })) {
    const { key, size } = meta;
    if (plan.filter?.(meta, key) ?? true) {
      yield linked(withDestination(plan, { from: placeBelow(prefix, key), size }, key));
    }
  }
}

/** Whether a filter takes what has this name; what may not be looked at is for the transfer to say. */
async function isWanted({ filter, signal }: JobPlan, { store }: Place, key: string): Promise<boolean> {
  if (!filter) return true;
  const unknown = unknownMeta(key);
  const meta = key.endsWith("/") ? unknown : await store.head(key, { signal }).catch(() => unknown);
  return filter(meta, key);
}

function linked(job: Job | Refusal): Job | Refusal {
  return "reason" in job ? job : { ...job, isLinked: true };
}

/** The files of the tree, in no order of keys. `empty` takes the directories that hold nothing. */
async function* planFiles(
  plan: JobPlan,
  prefix: Place,
  tree: ObjectTree,
  empty: string[],
): AsyncGenerator<Job | Refusal> {
  for await (const { key, kind, isEmpty } of tree.walk(prefix.key, { signal: plan.signal })) {
    if (kind !== "link" && kind !== "directory" && !await isWanted(plan, prefix, key)) continue;
    if (kind === "object") yield withDestination(plan, { from: placeBelow(prefix, key) }, key);
    else if (kind === "other") {
      yield { uri: prefix.uriOf(key), reason: "it is a socket, pipe, device or unfinished write, and stays" };
    } else if (isEmpty && !plan.filter) {
      empty.push(key);
      yield { uri: prefix.uriOf(key), reason: EMPTY };
    }
  }
}

/** Removes the directories that hold nothing any more, but for those that held nothing before. */
async function removeEmptied(
  { plan: { lade, signal } }: TreeMoveAway,
  prefix: Place,
  tree: ObjectTree,
  empty: readonly string[],
): Promise<void> {
  for await (const { key, kind } of tree.walk(prefix.key, { signal })) {
    if (kind !== "directory" || empty.some((kept) => kept.startsWith(key))) continue;
    try {
      await lade.deleteContainer(prefix.uriOf(key), { signal });
    } catch (error) {
      // What stays in it has been reported.
      if (!(error instanceof NotEmptyError || error instanceof NotFoundError)) throw error;
    }
  }
}

async function removeLink({ plan: { lade, signal } }: TreeMoveAway, path: string): Promise<void> {
  const { store, key } = await locate(lade, `file://${uriPathOf(path)}`);
  if (store.tree) await removeOne(store.tree, key, signal);
}

async function removeOne(tree: ObjectTree, key: string, signal: AbortSignal): Promise<void> {
  for await (const { error } of tree.remove(key, { signal })) if (error) throw error;
}
