import { type PresignOptions, UnauthenticatedError, UnsupportedError } from "@lade/core/backend";
import { checkSignedKey, checkSignedLife } from "@lade/service/store";
import type { S3Config } from "../config/s3_config.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";

/** Temporary credentials whose end is not known may be taken to live so long. */
const CERTAIN_MS = 60 * 60 * 1000;

/** Makes a URL that carries its own signature. Temporary credentials end it when they expire. */
export async function presignObject(
  connection: S3Connection,
  uri: string,
  key: string,
  { method = "GET", expiresInMs, onShortened }: PresignOptions,
): Promise<URL> {
  checkSignedLife(expiresInMs);
  const about = { operation: "presign", uri } as const;
  const { config, credentials, clock } = connection;
  if (!credentials) {
    throw new UnsupportedError({
      ...{ ...about, detail: "anonymous requests have no signature to give" },
      advice: "give an access key, and leave anonymous out",
    });
  }
  checkSignedKey(about, key);
  const lost = lostIn(method, config);
  if (lost !== undefined) {
    throw new UnsupportedError({ ...about, detail: `a URL cannot carry the configuration ${lost}` });
  }
  if (config.region.source === "default" && connection.endpoint.amazon) await confirmRegion(connection, uri);
  const untilMs = clock.now() + expiresInMs;
  const keys = await credentials.lasting(untilMs);
  const end = keys.expiration;
  let seconds = Math.ceil(expiresInMs / 1000);
  if (end && end.getTime() < untilMs) {
    seconds = Math.floor((end.getTime() - clock.now()) / 1000);
    const by = `the credentials that sign it (${credentials.identity}) end at ${end.toISOString()}`;
    if (seconds < 1) throw new UnauthenticatedError({ ...about, detail: `${by}, which is past` });
    if (!onShortened) {
      throw new UnsupportedError({
        ...about,
        detail: `${by}, before the URL would`,
        advice: `ask for ${seconds * 1000} ms at most, or give onShortened`,
      });
    }
    onShortened(end);
  } else if (!end && keys.sessionToken !== undefined && expiresInMs > CERTAIN_MS) onShortened?.(undefined);
  const path = connection.pathOf(key);
  const { host, secure } = connection.endpoint;
  const query = connection.signer.presign(
    { method, host, path, headers: {} },
    config.requestPayer ? { "x-amz-request-payer": "requester" } : {},
    keys,
    clock.now(),
    seconds,
  );
  return new URL(`${secure ? "https" : "http"}://${host}${path}?${query}`);
}

/** What is configured and would have to be sent in headers by users of the URL. */
function lostIn(method: string, { sse, sseCustomerKey, tags }: S3Config): string | undefined {
  if (method === "DELETE") return undefined;
  if (sseCustomerKey) return "sseCustomerKey";
  if (method !== "PUT") return undefined;
  return sse ? "sse" : Object.keys(tags).length > 0 ? "tags" : undefined;
}

/** Nobody corrects the region of a URL that is handed on: whatever answer there is, it names the right one. */
async function confirmRegion(connection: S3Connection, uri: string): Promise<void> {
  try {
    const call = { operation: "presign", uri, permission: "s3:ListBucket" };
    const response = await connection.sendRaw({ method: "HEAD", call });
    await response.body.discard();
  } catch (error) {
    if (!(error instanceof S3Fault)) {
      throw connection.translate(error, { operation: "presign", uri, permission: "" });
    }
  }
}
