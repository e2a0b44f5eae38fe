import { type CallName, checkWriteConditions, type Preconditions } from "@lade/core/backend";
import { objectEtag } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { refuseOtherForm } from "./refuse_other_form.ts";

/**
 * Throws unless the conditions of a write hold now; they are checked again under a lock. What lies behind a link that
 * may not be followed is a `PermissionDeniedError`, so that nothing is revealed of it. A name under which there is the
 * object of another key is an `InvalidNameError`.
 */
export async function checkDestination(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  conditions: Preconditions,
): Promise<void> {
  const { calls, tree } = setup;
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  await calls.present(tree.check(subject, directoryOf(path)));
  if (ifMatch !== undefined) await calls.present(tree.check(subject, path));
  const etag = objectEtag(await calls.present(calls.stat(path)));
  if (ifNoneMatch !== undefined && etag !== undefined) await refuseOtherForm(setup, subject, path);
  checkWriteConditions(subject, etag, conditions);
}
