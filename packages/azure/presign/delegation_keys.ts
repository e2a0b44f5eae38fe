import { ServiceError } from "@lade/core/backend";
import type { FailedCall } from "@lade/service/errors";
import { childText, parseXml } from "@lade/service/xml";
import type { AzureTarget } from "../client/azure_target.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import type { DelegationKey } from "./sas.ts";

/** A key serves what ends within a day; one that is asked for longer, the service may find to end too late. */
const LIFE_MS = 24 * 60 * 60 * 1000;
/** Begins so long ago, for clocks that are behind. */
const HEAD_START_MS = 5 * 60_000;
const FIELDS = [
  "SignedOid",
  "SignedTid",
  "SignedStart",
  "SignedExpiry",
  "SignedService",
  "SignedVersion",
] as const;

/** Gives keys of delegation that work until a time, and asks for another when what it has ends sooner. */
export function delegationKeys(
  target: AzureTarget,
): (call: FailedCall, untilMs: number) => Promise<DelegationKey> {
  let held: Promise<DelegationKey> | undefined;
  return async (call, untilMs) => {
    for (let seen = held;; seen = held) {
      const key = await seen?.catch(() => undefined);
      if (key && key.expiresMs >= untilMs) return key;
      // Of several that found it too old one asks.
      if (held === seen) return await (held = askForKey(target, call, untilMs));
    }
  };
}

/** Asks for a key ("Get User Delegation Key" of the reference); times are of whole seconds. */
async function askForKey(target: AzureTarget, call: FailedCall, untilMs: number): Promise<DelegationKey> {
  const { client, context: { clock }, endpoint } = target;
  const now = clock.now();
  const time = (ms: number) => new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace(".000", "");
  const document = `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${
    time(now - HEAD_START_MS)
  }</Start><Expiry>${time(Math.max(untilMs, now + LIFE_MS))}</Expiry></KeyInfo>`;
  return await client.readDocument({
    method: "POST",
    path: endpoint.path || "/",
    query: { restype: "service", comp: "userdelegationkey" },
    headers: { "content-type": "application/xml" },
    body: new TextEncoder().encode(document),
    root: "UserDelegationKey",
    idempotent: true,
    call,
  }, (text) => {
    const answer = parseXml(text.trimStart());
    const [value = "", oid = "", tid = "", start = "", end = "", service = "", version = ""] = [
      "Value",
      ...FIELDS,
    ].map(
      (name) => childText(answer, name) ?? "",
    );
    const expiresMs = Date.parse(end);
    if (value === "" || Number.isNaN(expiresMs)) {
      throw new ServiceError({ ...call, detail: "the service gives no key of delegation" });
    }
    return { signer: new Base64Signer(value), expiresMs, fields: [oid, tid, start, end, service, version] };
  });
}
