import type { Check } from "@lade/core/backend";
import {
  beginDiagnosis,
  examineService,
  failedCheck,
  type ServiceDiagnoseOptions,
  type ServicePatient,
  tellEndpoint,
  tellLifetime,
  tellSettings,
} from "@lade/service/diagnosis";
import { type GcsCredential, identityOf } from "../credentials/gcs_credential.ts";
import { GcsStore } from "../store/gcs_store.ts";
import { type GcsStoreOptions, openService, setupOf } from "../store/open_gcs_store.ts";
import { checkBucket } from "../uris/gcs_location.ts";

/** Tokens that are signed here are refused beyond this. */
const MAX_SKEW_MS = 5 * 60_000;
/** Settings that have checks of their own. */
const TOLD = new Set(["endpoint", "identity"]);

/** Options of {@linkcode diagnose}. */
export type GcsDiagnoseOptions = GcsStoreOptions & ServiceDiagnoseOptions;

/**
 * Finds out how it stands with a bucket: who asks, where, the clock, which calls are allowed, latency, throughput and what
 * bounds it. Like the diagnosis of every service it yields failures, and removes what it made.
 */
export async function* diagnose(bucket: string, options: GcsDiagnoseOptions = {}): AsyncGenerator<Check> {
  const { context, transport, begun } = beginDiagnosis(options);
  const { answers, prefix } = begun;
  checkBucket("diagnose", bucket);
  const { config, ...opened } = await openService("diagnose", bucket, { ...options, context }, transport);
  const { endpoint, shown } = config;
  await using _transport = opened.transport;
  await using store = new GcsStore(bucket, { ...opened, config: setupOf(config) });
  const patient: ServicePatient = {
    ...{ ...begun, store, maxSkewMs: MAX_SKEW_MS, inParts: true },
    container: "bucket",
    failed: failedCheck,
    credentials: () => checkCredentials(opened.credential, context.clock.now()),
    configuration: () => {
      const source = shown.find(({ name }) => name === "endpoint")?.source ?? "";
      return Promise.resolve([
        tellEndpoint({ url: endpoint.url, source }, answers),
        ...tellSettings(shown, TOLD),
      ]);
    },
    listPage: (signal) => Array.fromAsync(store.list(prefix, { signal, limit: 1_000 })),
    blame: () => undefined,
    tellWritten: ({ checksums: { crc32c } = {} }) =>
      crc32c === undefined ? "the service told no checksum" : "the service compared its CRC-32C and keeps it",
    *traits() {},
  };
  yield* examineService(patient);
}

async function checkCredentials(credential: GcsCredential, nowMs: number): Promise<Check> {
  const name = "credentials";
  if (credential.kind === "anonymous") return { name, outcome: "ok", detail: identityOf(credential) };
  const { expiration, email } = await credential.tokens.get();
  const detail = `${identityOf(credential)}${tellLifetime(expiration, nowMs)}`;
  return { name, outcome: "ok", detail, ...(email !== undefined && { facts: { identity: email } }) };
}
