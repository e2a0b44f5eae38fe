import type { ObjectMeta } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { lookUp } from "../places/look_up.ts";
import type { Job } from "../plan/job.ts";
import { changeOf, planned } from "../plan/plan_file.ts";
import type { TransferRequest } from "./transfer_request.ts";

/** Refuses what is not what it was when it was planned. A destination is compared by the write itself, where it can be. */
export async function checkPinned(
  { from, listed, to, replaces, version }: Job,
  { operation, signal, dryRun = false }: TransferRequest,
): Promise<void> {
  if (!from || !to || !listed) return;
  const source = await from.store.head(from.key, { signal, ...(version !== undefined && { version }) });
  refuseChange(operation, from.uri, listed, source);
  const was = replaces === "nothing" ? undefined : replaces;
  if (dryRun || replaces === undefined || was && was.etag === undefined) {
    refuseChange(operation, to.uri, was, await lookUp(to, signal));
  }
}

/** Throws a `PreconditionFailedError` where something is not what it was when it was planned; `undefined` is nothing at all. */
export function refuseChange(
  operation: string,
  uri: string,
  was: ObjectMeta | undefined,
  is: ObjectMeta | undefined,
): void {
  const change = was && is ? changeOf(planned(was), is) : was ? "it is gone" : is && "it came to be";
  if (change === undefined) return;
  const detail = `it is not what was planned: ${change}`;
  throw new PreconditionFailedError({ operation, uri, detail, advice: "plan it again" });
}
