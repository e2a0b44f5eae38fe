import { encodeStrict } from "@lade/service/http";
import type { Base64Signer } from "../credentials/shared_key.ts";
import { versionQuery } from "../client/version_query.ts";

/** The version of signatures; it fixes what they cover, whatever the version of the requests. */
const SAS_VERSION = "2022-11-02";

/** What a shared access signature permits. */
export interface SasGrant {
  /** Name of the account. */
  readonly account: string;
  /** Name of the container. */
  readonly container: string;
  /** Key of the one blob that it is for. */
  readonly key: string;
  /** The version or snapshot that it is for; what is there under the key by default. */
  readonly version?: string | undefined;
  /** Letters of the permissions, in the order of the reference: `r`, `cw`, `d`. */
  readonly permissions: string;
  /** When it ends, in milliseconds since 1970, rounded up to a second. */
  readonly expiresMs: number;
  /** Whether it works by TLS alone. */
  readonly secure: boolean;
}

/** A key by which signatures are made in the name of an identity of Entra ID, and whose it is. */
export interface DelegationKey {
  /** Signs. */
  readonly signer: Base64Signer;
  /** When it ends, in milliseconds since 1970. */
  readonly expiresMs: number;
  /** What the service says of it: object, tenant, start, end, service and version, in the form of signatures. */
  readonly fields: readonly [
    oid: string,
    tid: string,
    start: string,
    end: string,
    service: string,
    version: string,
  ];
}

/**
 * The query, encoded, by which anyone has what is granted for one blob: a service SAS by a key of the account, a user
 * delegation SAS by a {@linkcode DelegationKey} ("Create a service SAS" and "Create a user delegation SAS" of the reference,
 * version 2020-12-06 and later).
 */
export function signSas(grant: SasGrant, by: Base64Signer | DelegationKey): string {
  const { account, container, key, version, permissions, secure } = grant;
  const { snapshot, versionid } = versionQuery(version);
  const resource = snapshot !== undefined ? "bs" : versionid !== undefined ? "bv" : "b";
  const delegated = "fields" in by;
  const endMs = Math.ceil(grant.expiresMs / 1000) * 1000;
  const end = sasTime(new Date(delegated ? Math.min(endMs, by.expiresMs) : endMs));
  const protocol = secure ? "https" : "https,http";
  // What is left empty: identifier or agents, address, encryption scope, and the headers of the answer.
  const text = [
    permissions,
    "",
    end,
    `/blob/${account}/${container}/${key}`,
    ...delegated ? [...by.fields, "", "", ""] : [""],
    "",
    protocol,
    SAS_VERSION,
    resource,
    snapshot ?? versionid ?? "",
    ..."\n\n\n\n\n".split("\n"),
  ].join("\n");
  const named = delegated
    ? ["skoid", "sktid", "skt", "ske", "sks", "skv"].map((name, i) => [name, by.fields[i]])
    : [];
  return [
    ["sv", SAS_VERSION],
    ["sr", resource],
    ["sp", permissions],
    ["se", end],
    ["spr", protocol],
    ...named,
    ["sig", (delegated ? by.signer : by).sign(text)],
  ].map(([name, value = ""]) => `${name}=${encodeStrict(value)}`).join("&");
}

/** A time as signatures have it, of whole seconds. */
export function sasTime(time: Date): string {
  return time.toISOString().replace(/\.\d+/, "");
}
