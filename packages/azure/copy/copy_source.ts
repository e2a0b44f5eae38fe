import { UnsupportedError } from "@lade/core/backend";
import { quoteEtag } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { encodeQuery } from "@lade/service/http";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { pathOf } from "../client/azure_target.ts";
import { Base64Signer } from "../credentials/shared_key.ts";
import { delegationKey } from "../presign/delegation_keys.ts";
import { signSas } from "../presign/sas.ts";
import { versionQuery } from "../client/version_query.ts";

/** Of a source, in characters; what is not ASCII has three of them for each byte. */
const MAX_URL = 2048;

/** A signature is for one request; a copy that the service makes on its own reads as long as it takes. */
const LIFE_MS = { now: 60 * 60_000, later: 7 * 24 * 60 * 60_000 };

/** What is copied. */
export interface CopySource {
  /** The container that has it. */
  readonly target: AuthorizedTarget;
  /** Its key. */
  readonly key: string;
  /** Its version or snapshot; what is there now by default. */
  readonly version?: string | undefined;
  /** Its etag, to which the copy is held. */
  readonly etag?: string | undefined;
}

/**
 * The headers by which a service reads the source of a copy, with the rights that this process has on it: by a token of the
 * same identity, by a signature of its own for this one blob, or as anyone. `later` says that the service reads on after its
 * answer, for which it takes no tokens, and `own` that besides the request's own authorization holds for the source.
 */
export async function sourceHeaders(
  source: CopySource,
  call: FailedCall,
  when: "now" | "later" | "own" = "now",
): Promise<Record<string, string>> {
  const { target, key, version, etag } = source;
  const { container, credential, endpoint: { account, url }, time } = target;
  const expiresMs = time.now() + LIFE_MS[when === "now" ? when : "later"];
  const secure = url.startsWith("https:");
  const grant = { account, container, key, version, permissions: "r", expiresMs, secure };
  const place = `${new URL(url).origin}${pathOf(target, key)}`;
  const at = (signature: string) => {
    const query = [encodeQuery(versionQuery(version)), signature].filter((each) => each !== "").join("&");
    const source = query ? `${place}?${query}` : place;
    if (source.length > MAX_URL) {
      const { operation, uri } = call;
      const detail =
        `the service takes URLs of ${MAX_URL} characters for sources, this one has ${source.length}`;
      throw new UnsupportedError({ operation, uri, detail, advice: "read and write it, as copyObject does" });
    }
    return {
      "x-ms-copy-source": source,
      ...(etag === undefined ? {} : { "x-ms-source-if-match": quoteEtag(etag) }),
    };
  };
  if (when === "own" && credential.kind !== "sas") return at("");
  switch (credential.kind) {
    case "sharedKey":
      return at(signSas(grant, new Base64Signer(credential.key)));
    case "sas":
      return at(credential.token.replace(/^\?/, ""));
    case "bearer": {
      if (when === "later") return at(signSas(grant, await delegationKey(target, call, expiresMs)));
      const { token } = await credential.tokens.get();
      return { ...at(""), "x-ms-copy-source-authorization": `Bearer ${token}` };
    }
    case "anonymous":
      return at("");
  }
}
