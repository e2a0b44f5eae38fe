import {
  type KeyCall,
  PermissionDeniedError,
  type PresignOptions,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";
import { checkSignedKey, checkSignedLife } from "@lade/service/store";
import { CredentialFault } from "@lade/service/tokens";
import { type GcsTarget, payer, xmlPath } from "../client/gcs_target.ts";
import { identityOf } from "../credentials/gcs_credential.ts";
import { signUrl } from "./signed_url.ts";

/**
 * Makes a URL of an object that carries its signature: by the key of the service account that asks, or by the service in the
 * name of the one that is acted as or the machine's own. Others sign none.
 */
export async function presignObject(
  target: GcsTarget,
  key: string,
  { method = "GET", expiresInMs, onHeaders, onShortened }: PresignOptions,
  { operation, uri }: KeyCall,
): Promise<URL> {
  checkSignedLife(expiresInMs);
  const call = { operation, uri };
  checkSignedKey(call, key);
  const { config: { kmsKey, storageClass }, context: { clock }, credential, xml } = target;
  const headers: Record<string, string> = {
    ...(method === "PUT" && storageClass !== undefined && { "x-goog-storage-class": storageClass }),
    ...(method === "PUT" && kmsKey !== undefined && { "x-goog-encryption-kms-key-name": kmsKey }),
  };
  const needed = Object.keys(headers);
  if (needed.length > 0 && !onHeaders) {
    const detail = `whoever uses the URL has to send the headers ${needed.join(", ")}`;
    throw new UnsupportedError({ ...call, detail, advice: "give onHeaders" });
  }
  const advice =
    "use the key of a service account (credentialsFile), or act as one by impersonateServiceAccount";
  if (credential.kind === "anonymous") {
    throw new UnsupportedError({ ...call, detail: "anonymous requests have no signature to give", advice });
  }
  const { email, sign, signedMs = Infinity } = await credential.tokens.get();
  if (email === undefined || !sign) {
    throw new UnsupportedError({ ...call, detail: `${identityOf(credential)} signs no URLs`, advice });
  }
  const url = new URL(xml.url.origin + xmlPath(target, key));
  const seconds = Math.ceil(expiresInMs / 1000);
  try {
    const signed = await signUrl(
      { method, url, query: payer(target), headers, nowMs: clock.now(), seconds },
      email,
      sign,
    );
    if (expiresInMs > signedMs) onShortened?.(undefined);
    if (needed.length > 0) onHeaders?.(headers);
    return signed;
  } catch (cause) {
    if (!(cause instanceof CredentialFault)) throw cause;
    const { detail, retryable } = cause;
    throw new (retryable ? UnavailableError : PermissionDeniedError)({
      ...{ ...call, detail, cause },
      advice: cause.advice,
    });
  }
}
