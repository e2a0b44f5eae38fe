import { createHash, createPublicKey, verify } from "node:crypto";
import type { RequestHead } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";
import type { Principal } from "./tokens.ts";

/** A service account that can sign. */
export interface Signer extends Principal {
  /** Its public key in PEM. */
  readonly publicKey: string;
}

/** Longest time that a signature holds, in seconds. */
const MAX_SECONDS = 604_800;

/**
 * Says who signed a URL, in version 4 of the process; one that has expired, was changed or is not of an account that is
 * known is refused.
 */
export function checkSignedUrl(
  { method, rawPath, rawQuery, headers }: Pick<RequestHead, "method" | "rawPath" | "rawQuery" | "headers">,
  signers: ReadonlyMap<string, Signer>,
  now: number,
): Principal {
  const query = new URLSearchParams(rawQuery);
  const read = (name: string) => query.get(`X-Goog-${name}`) ?? "";
  const [email = "", ...scope] = read("Credential").split("/");
  const date = read("Date");
  const seconds = Number(read("Expires"));
  const signedAt = parseDate(date);
  if (read("Algorithm") !== "GOOG4-RSA-SHA256" || scope.length !== 4 || signedAt === undefined) {
    throw malformed();
  }
  if (scope[0] !== date.slice(0, 8) || scope[2] !== "storage" || scope[3] !== "goog4_request") {
    throw malformed();
  }
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS) throw malformed();
  if (now > signedAt + seconds * 1000) {
    const ended = new Date(signedAt + seconds * 1000).toISOString();
    throw new GcsError("ExpiredToken", `Request signature expired at: ${ended}`);
  }
  const names = read("SignedHeaders");
  if (!names.split(";").includes("host")) throw malformed();
  const canonical = [
    method,
    rawPath,
    rawQuery.split("&").filter((pair) => !pair.startsWith("X-Goog-Signature=")).sort().join("&"),
    ...names.split(";").map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    names,
    headers.get("x-goog-content-sha256") ?? "UNSIGNED-PAYLOAD",
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["GOOG4-RSA-SHA256", date, scope.join("/"), digest].join("\n");
  const signer = signers.get(email);
  const signature = read("Signature");
  const isHex = /^(?:[0-9a-f]{2})+$/.test(signature);
  const holds = signer && isHex &&
    verify(
      "sha256",
      new TextEncoder().encode(text),
      createPublicKey(signer.publicKey),
      Uint8Array.fromHex(signature),
    );
  if (holds) return signer;
  throw new GcsError("SignatureDoesNotMatch", undefined, {
    details: { StringToSign: text, CanonicalRequest: canonical },
  });
}

function parseDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ??
    [];
  if (second === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function malformed(): GcsError {
  return new GcsError("InvalidArgument", "The parameters of the signed URL are malformed.");
}
