import type { FailedCall } from "@lade/service/errors";
import { type PresignOptions, UnsupportedError } from "@lade/core/backend";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import type { AzureCredential } from "../credentials/azure_credential.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import { delegationKeys } from "./delegation_keys.ts";
import { type DelegationKey, MAX_SAS_MS, type SasGrant, signSas } from "./sas.ts";

const PERMISSIONS = { GET: "r", PUT: "cw", DELETE: "d" } as const;
const PUT_HEADERS = { "x-ms-blob-type": "BlockBlob" };

/** Makes URLs of the blobs of a container, each for one method. */
export type Presigner = (uri: string, key: string, options: PresignOptions) => Promise<URL>;

/**
 * Makes URLs by shared access signatures of their own: signed by the account's key, or by a key that the service gives to an
 * identity of Entra ID, which is asked for once a day. Other credentials sign none.
 */
export function presigner(
  target: AzureTarget,
  credential: AzureCredential,
): Presigner {
  const { container, endpoint, time } = target;
  const keys = credential.kind === "bearer" ? delegationKeys(target) : undefined;
  const signer = credential.kind === "sharedKey" ? new Base64Signer(credential.key) : undefined;
  const signerOf = async (call: FailedCall, untilMs: number): Promise<Base64Signer | DelegationKey> => {
    const found = signer ?? await keys?.(call, untilMs);
    if (found) return found;
    const has = credential.kind === "sas" ? "a shared access signature" : "an anonymous request";
    throw new UnsupportedError({
      ...call,
      detail: `${has} signs no URLs`,
      advice: "open the container with a key of the account, or by Entra ID",
    });
  };
  return async (uri, key, { method = "GET", expiresInMs, onHeaders }) => {
    if (!(expiresInMs > 0 && expiresInMs <= MAX_SAS_MS)) {
      throw new RangeError(
        `Cannot presign with expiresInMs ${expiresInMs}: from 1 to ${MAX_SAS_MS} is possible`,
      );
    }
    const call = { operation: "presign", uri };
    if (method === "PUT" && !onHeaders) {
      throw new UnsupportedError({
        ...call,
        detail: 'whoever uses the URL has to send the header "x-ms-blob-type: BlockBlob"',
        advice: "give onHeaders",
      });
    }
    const { account, url } = endpoint;
    if (account === "") {
      const detail = "a signature names the account, and nothing tells its name";
      throw new UnsupportedError({ ...call, detail, advice: "set account" });
    }
    const by = await signerOf(call, time.now() + expiresInMs);
    // The time may be known better by now.
    const expiresMs = time.now() + expiresInMs;
    if (method === "PUT") onHeaders?.(PUT_HEADERS);
    const secure = url.startsWith("https:");
    const grant: SasGrant = { account, container, key, permissions: PERMISSIONS[method], expiresMs, secure };
    return new URL(`${new URL(url).origin}${pathOf(target, key)}?${signSas(grant, by)}`);
  };
}
