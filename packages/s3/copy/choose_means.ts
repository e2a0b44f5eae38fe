import type { CopyOptions } from "@lade/core";
import type { S3Connection } from "../wire/s3_connection.ts";
import { type ConditionTarget, conductOf } from "../conditions/rely_on.ts";

/** How a copy is made: by CopyObject, or by the parts of an upload. */
export type CopyMeans = "whole" | "parts";

/**
 * Whether a copy goes by CopyObject or by the parts of an upload, which may be conditional where CopyObject is not: many
 * services hold no conditions on copies, and hold them on every other write. `"whole"` also where neither will do; then
 * all that decides about conditions of copies is found out, so that the capability is known.
 */
export async function chooseMeans(
  connection: S3Connection,
  { ifMatch, ifNoneMatch }: CopyOptions,
  target: ConditionTarget,
): Promise<CopyMeans> {
  const asked: ("match" | "create")[] = [];
  if (ifMatch !== undefined) asked.push("match");
  if (ifNoneMatch !== undefined) asked.push("create");
  const means = new Set<CopyMeans | undefined>();
  for (const condition of asked) means.add(await meansFor(connection, condition, target));
  if (!means.has(undefined)) return means.has("parts") ? "parts" : "whole";
  await meansFor(connection, "match", target);
  await meansFor(connection, "create", target);
  return "whole";
}

async function meansFor(
  connection: S3Connection,
  condition: "match" | "create",
  target: ConditionTarget,
): Promise<CopyMeans | undefined> {
  if (await conductOf(connection, `copy-${condition}`, target) === "holds") return "whole";
  for (const kind of [`put-${condition}`, `complete-${condition}`] as const) {
    if (await conductOf(connection, kind, target) !== "holds") return undefined;
  }
  return "parts";
}
