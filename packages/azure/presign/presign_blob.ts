import type { FailedCall } from "@lade/service/errors";
import { type KeyCall, type PresignOptions, UnsupportedError } from "@lade/core/backend";
import { checkSignedLife } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { pathOf } from "../client/azure_target.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import { delegationKey } from "./delegation_keys.ts";
import { type DelegationKey, signSas } from "./sas.ts";

const PERMISSIONS = { GET: "r", PUT: "cw", DELETE: "d" } as const;
const PUT_HEADERS = { "x-ms-blob-type": "BlockBlob" };

/**
 * Makes a URL of a blob by a shared access signature of its own: signed by the account's key, or by a key that the service
 * gives to an identity of Entra ID, which is asked for once a day. Other credentials sign none.
 */
export async function presignBlob(
  target: AuthorizedTarget,
  key: string,
  { method = "GET", expiresInMs, onHeaders }: PresignOptions,
  { operation, uri }: KeyCall,
): Promise<URL> {
  checkSignedLife(expiresInMs);
  const call = { operation, uri };
  if (method === "PUT" && !onHeaders) {
    throw new UnsupportedError({
      ...call,
      detail: 'whoever uses the URL has to send the header "x-ms-blob-type: BlockBlob"',
      advice: "give onHeaders",
    });
  }
  const { container, endpoint: { account, url }, time } = target;
  if (account === "") {
    const detail = "a signature names the account, and nothing tells its name";
    throw new UnsupportedError({ ...call, detail, advice: "set account" });
  }
  const by = await signerOf(target, call, time.now() + expiresInMs);
  // The time may be known better by now.
  const expiresMs = time.now() + expiresInMs;
  if (method === "PUT") onHeaders?.(PUT_HEADERS);
  const secure = url.startsWith("https:");
  const grant = { account, container, key, permissions: PERMISSIONS[method], expiresMs, secure };
  return new URL(`${new URL(url).origin}${pathOf(target, key)}?${signSas(grant, by)}`);
}

async function signerOf(
  target: AuthorizedTarget,
  call: FailedCall,
  untilMs: number,
): Promise<Base64Signer | DelegationKey> {
  const { credential } = target;
  if (credential.kind === "sharedKey") return new Base64Signer(credential.key);
  if (credential.kind === "bearer") return await delegationKey(target, call, untilMs);
  const has = credential.kind === "sas" ? "a shared access signature" : "an anonymous request";
  throw new UnsupportedError({
    ...call,
    detail: `${has} signs no URLs`,
    advice: "open the container with a key of the account, or by Entra ID",
  });
}
