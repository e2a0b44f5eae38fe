import { type FailedCall, faultOf } from "@lade/service/errors";
import { MAX_SIGNED_MS } from "@lade/service/store";
import type { AzureTarget } from "../client/azure_target.ts";
import { control } from "../control/control_plane.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import { type DelegationKey, sasTime } from "./sas.ts";

/** A key serves what ends within a day; one that is asked for longer, the service may find to end too late. */
const LIFE_MS = 24 * 60 * 60 * 1000;
const SECOND_MS = 1000;
/** It begins so long ago, for clocks that are behind. */
const HEAD_START_MS = 5 * 60_000;

/** The key that each container had last. */
const HELD = new WeakMap<AzureTarget, Promise<DelegationKey>>();

/** Gives a key of delegation that works until a time; asks for another when the one of the container ends sooner. */
export async function delegationKey(
  target: AzureTarget,
  call: FailedCall,
  untilMs: number,
): Promise<DelegationKey> {
  for (;;) {
    const seen = HELD.get(target);
    const key = await seen?.catch(() => undefined);
    if (key && key.expiresMs > untilMs - SECOND_MS) return key;
    // Of several that found it too old one asks.
    if (HELD.get(target) !== seen) continue;
    const asking = askForKey(target, call, untilMs);
    HELD.set(target, asking);
    return await asking;
  }
}

/** Asks once more where the answer, or the refusal, shows that the service's clock is another one. */
async function askForKey(target: AzureTarget, call: FailedCall, untilMs: number): Promise<DelegationKey> {
  const { time } = target;
  const nowMs = time.now();
  const given = await askAt(target, call, nowMs, untilMs).catch((error) => {
    const fault = faultOf(error);
    if (fault && time.correct(fault, nowMs)) return undefined;
    throw error;
  });
  if (given && !time.correct({ serverTimeMs: given.date?.getTime() }, nowMs)) return given.key;
  return (await askAt(target, call, time.now(), untilMs + time.now() - nowMs)).key;
}

async function askAt(
  target: AzureTarget,
  call: FailedCall,
  nowMs: number,
  untilMs: number,
): Promise<{ readonly key: DelegationKey; readonly date: Date | undefined }> {
  // Times are of whole seconds, and one beyond seven days is refused.
  const seconds = Math.ceil(Math.max(untilMs, nowMs + LIFE_MS) / SECOND_MS);
  const end = new Date(Math.min(seconds, Math.floor((nowMs + MAX_SIGNED_MS) / SECOND_MS)) * SECOND_MS);
  const rule = { call, kind: "document", root: "UserDelegationKey", idempotent: true } as const;
  const given = await control(
    target,
    rule,
    (service) => service.getUserDelegationKey(new Date(nowMs - HEAD_START_MS), end),
  );
  const { signedObjectId, signedTenantId, signedStartsOn, signedExpiresOn, signedService, signedVersion } =
    given;
  const key = {
    signer: new Base64Signer(given.value),
    expiresMs: signedExpiresOn.getTime(),
    fields: [
      signedObjectId,
      signedTenantId,
      sasTime(signedStartsOn),
      sasTime(signedExpiresOn),
      signedService,
      signedVersion,
    ],
  } as const;
  return { key, date: given.date };
}
