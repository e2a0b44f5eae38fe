import type { CopyOptions } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import { type ConditionTarget, conductOf } from "../service/rely_on.ts";

/**
 * Whether a copy goes by CopyObject or by the parts of an upload, which may be conditional where CopyObject is not: many
 * services hold no conditions on copies, and hold them on every other write. `"whole"` also where neither will do.
 */
export async function chooseMeans(
  connection: S3Connection,
  { ifMatch, ifNoneMatch }: CopyOptions,
  target: ConditionTarget,
): Promise<"whole" | "parts"> {
  const asked = [
    ...(ifMatch === undefined ? [] : ["match"]),
    ...(ifNoneMatch === undefined ? [] : ["create"]),
  ] as const;
  let means: "whole" | "parts" = "whole";
  for (const condition of asked as readonly ("match" | "create")[]) {
    if (await conductOf(connection, `copy-${condition}`, target) === "holds") continue;
    means = "parts";
    for (const kind of [`put-${condition}`, `complete-${condition}`] as const) {
      if (await conductOf(connection, kind, target) !== "holds") return "whole";
    }
  }
  return means;
}
