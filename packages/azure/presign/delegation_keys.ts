import type { Clock } from "@lade/core/backend";
import type { FailedCall } from "@lade/service/errors";
import type { AzureTarget } from "../client/azure_target.ts";
import { control } from "../control/control_plane.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import { type DelegationKey, MAX_SAS_MS, sasTime } from "./sas.ts";

/** A key serves what ends within a day; one that is asked for longer, the service may find to end too late. */
const LIFE_MS = 24 * 60 * 60 * 1000;
const SECOND_MS = 1000;
/** It begins so long ago, for clocks that are behind. */
const HEAD_START_MS = 5 * 60_000;

/** Gives keys of delegation that work until a time, and asks for another when what it has ends sooner. */
export function delegationKeys(
  target: AzureTarget,
  time: Pick<Clock, "now"> = target.context.clock,
): (call: FailedCall, untilMs: number) => Promise<DelegationKey> {
  let held: Promise<DelegationKey> | undefined;
  return async (call, untilMs) => {
    for (let seen = held;; seen = held) {
      const key = await seen?.catch(() => undefined);
      if (key && key.expiresMs > untilMs - SECOND_MS) return key;
      // Of several that found it too old one asks.
      if (held === seen) return await (held = askForKey(target, call, time.now(), untilMs));
    }
  };
}

async function askForKey(
  target: AzureTarget,
  call: FailedCall,
  nowMs: number,
  untilMs: number,
): Promise<DelegationKey> {
  // Times are of whole seconds, and one beyond seven days is refused.
  const seconds = Math.ceil(Math.max(untilMs, nowMs + LIFE_MS) / SECOND_MS);
  const end = new Date(Math.min(seconds, Math.floor((nowMs + MAX_SAS_MS) / SECOND_MS)) * SECOND_MS);
  const rule = { call, kind: "document", root: "UserDelegationKey", idempotent: true } as const;
  const key = await control(
    target,
    rule,
    (service) => service.getUserDelegationKey(new Date(nowMs - HEAD_START_MS), end),
  );
  const { signedObjectId, signedTenantId, signedStartsOn, signedExpiresOn, signedService, signedVersion } =
    key;
  return {
    signer: new Base64Signer(key.value),
    expiresMs: signedExpiresOn.getTime(),
    fields: [
      signedObjectId,
      signedTenantId,
      sasTime(signedStartsOn),
      sasTime(signedExpiresOn),
      signedService,
      signedVersion,
    ],
  };
}
