import { type CallName, checkWriteConditions, type Preconditions } from "@lade/core/backend";
import { objectEtag } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";

/**
 * Throws unless the conditions of a write hold now; they are checked again under a lock. What lies behind a link that
 * may not be followed is a `PermissionDeniedError`, so that nothing is revealed of it.
 */
export async function checkDestination(
  { calls, tree }: LocalSetup,
  subject: CallName,
  path: string,
  conditions: Preconditions,
): Promise<void> {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  await calls.present(tree.check(subject, directoryOf(path)));
  if (ifMatch !== undefined) await calls.present(tree.check(subject, path));
  checkWriteConditions(subject, objectEtag(await calls.present(calls.stat(path))), conditions);
}
