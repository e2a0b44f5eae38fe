import type { Check } from "@lade/core/backend";
import {
  beginDiagnosis,
  examineService,
  failedCheck,
  probe,
  type ServiceDiagnoseOptions,
  type ServicePatient,
  tellEndpoint,
  tellLifetime,
  tellSettings,
} from "@lade/service/diagnosis";
import { childText, parseXml } from "@lade/service/xml";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { type AzureCredential, identityOf } from "../credentials/azure_credential.ts";
import { describeSas } from "../credentials/describe_sas.ts";
import { AzureStore } from "../store/azure_store.ts";
import { type AzureStoreOptions, openAccount } from "../store/open_azure_store.ts";
import { splitContainer } from "../uris/azure_location.ts";

/** Beyond this the service refuses requests that are signed by a key ("Authorize with Shared Key"). */
const MAX_SKEW_MS = 15 * 60_000;
/** Settings that have checks of their own. */
const TOLD = new Set(["account", "endpoint", "identity"]);

/** Options of {@linkcode diagnose}. */
export type AzureDiagnoseOptions = AzureStoreOptions & ServiceDiagnoseOptions;

/**
 * Finds out how it stands with a container: who asks, where, the clock, what the account is and keeps, which calls are
 * allowed, latency, throughput and what bounds it. Like the diagnosis of every service it yields failures, and removes what
 * it made.
 */
export async function* diagnose(
  container: string,
  options: AzureDiagnoseOptions = {},
): AsyncGenerator<Check> {
  const { context, transport, begun } = beginDiagnosis(options);
  const { answers, prefix } = begun;
  const { host, container: name } = splitContainer("diagnose", container);
  const opened = await openAccount("diagnose", host, { ...options, context }, transport);
  const { config: { endpoint, shown }, credential } = opened;
  await using _transport = opened.transport;
  await using store = new AzureStore(name, { ...opened, endpoint });
  const patient: ServicePatient = {
    ...{ ...begun, store, maxSkewMs: MAX_SKEW_MS, inParts: true },
    container: "container",
    failed: failedCheck,
    credentials: () => checkCredentials(credential, context.clock.now()),
    configuration: async () => {
      const url = `${endpoint.url}${endpoint.path}`;
      const source = shown.find(({ name }) => name === "endpoint")?.source ?? "";
      const account = answers.answers.length > 0
        ? [await probe(patient, (signal) => checkAccount(store.target, signal)).catch(unknownAccount)]
        : [];
      return [tellEndpoint({ url, source }, answers), ...account, ...tellSettings(shown, TOLD)];
    },
    listPage: (signal) => Array.fromAsync(store.list(prefix, { signal, limit: 1_000 })),
    blame: ({ code, message }) => {
      if (/^Account(?:IsDisabled|NotFound)$/.test(code ?? "")) return "endpoint";
      return code === "AuthenticationFailed" && /date header/i.test(message) ? "clock" : undefined;
    },
    tellWritten: ({ checksums: { crc32c } = {} }) =>
      crc32c === undefined
        ? "the service compared its CRC-64"
        : "the service compared its CRC-64 and keeps its CRC-32C",
    *traits() {
      const { versions } = store.capabilities;
      if (versions === "unknown") return;
      const detail = versions
        ? "each write keeps the version before"
        : "what is overwritten or deleted is gone";
      yield { name: "versions", outcome: "ok", detail, facts: { versions } };
    },
  };
  yield* examineService(patient);
}

/** Says who asks; a signature that permits nothing now is a failure. */
async function checkCredentials(credential: AzureCredential, nowMs: number): Promise<Check> {
  const name = "credentials";
  if (credential.kind === "sas") {
    const { words, fault } = describeSas(credential.token, nowMs);
    const detail = `${identityOf(credential)} ${fault ?? words}`;
    return { name, outcome: fault === undefined ? "ok" : "failed", detail };
  }
  if (credential.kind !== "bearer") return { name, outcome: "ok", detail: identityOf(credential) };
  const { token, expiration } = await credential.tokens.get();
  const who = claimsOf(token);
  const named = who === undefined ? "" : `: ${who}`;
  const detail = `${identityOf(credential)}${named}${tellLifetime(expiration, nowMs)}`;
  return { name, outcome: "ok", detail, ...(who !== undefined && { facts: { identity: who } }) };
}

/** Whom a token names, where it can be read. */
function claimsOf(token: string): string | undefined {
  try {
    const [, body = ""] = token.split(".");
    const claims = JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(body, { alphabet: "base64url" })),
    );
    const who = claims.upn ?? claims.unique_name ?? claims.appid ?? claims.oid;
    return typeof who === "string" ? who : undefined;
  } catch {
    return undefined;
  }
}

/** Says what the account is, and how long it keeps what is deleted, as far as who asks may know. */
async function checkAccount(target: AzureTarget, signal: AbortSignal): Promise<Check> {
  const { client, endpoint } = target;
  const call = { operation: "look at", uri: target.uri };
  const look = { method: "GET", kind: "other", statuses: [200], signal, call } as const;
  const query = { restype: "account", comp: "properties" };
  const { headers, body } = await client.send({ ...look, path: pathOf(target), query });
  await body.discard();
  const [kind, sku] = ["x-ms-account-kind", "x-ms-sku-name"].map((name) => headers.get(name) ?? "");
  const hierarchical = headers.get("x-ms-is-hns-enabled") === "true";
  const properties = { restype: "service", comp: "properties" };
  const request = { ...look, path: `${endpoint.path}/`, query: properties, root: "StorageServiceProperties" };
  const days = await client.readDocument(request, (text) => {
    const policy = parseXml(text).children.find(({ name }) => name === "DeleteRetentionPolicy");
    return policy && childText(policy, "Enabled") === "true" ? Number(childText(policy, "Days")) : 0;
  }).catch(() => undefined);
  const space = hierarchical ? "hierarchical namespace" : "flat namespace";
  const kept = days === undefined
    ? []
    : [days > 0 ? `keeps deleted blobs for ${days} days` : "no soft delete"];
  return {
    name: "account",
    outcome: "ok",
    detail: [kind, sku, space, ...kept].filter(Boolean).join(", "),
    facts: {
      kind: kind ?? "",
      sku: sku ?? "",
      hierarchical,
      ...(days !== undefined && { softDeleteDays: days }),
    },
  };
}

function unknownAccount(): Check {
  const detail = "what it is, is not for this identity to know";
  return { name: "account", outcome: "skipped", detail };
}
