import { AzureError } from "../azure_error.ts";
import type { Account } from "../store/account.ts";
import { signText } from "./shared_key.ts";

/** What a shared access signature grants. */
export interface SasGrant {
  /** Letters of the permissions. */
  readonly permissions: string;
  /** Letters of the kinds of resource, of a signature for an account. */
  readonly resourceTypes?: string;
  /** What a signature for one resource is for: `c`, `b`, `bs`, `bv` or `d`. */
  readonly resource?: string;
  /** Who signed by a user delegation key. */
  readonly objectId?: string;
  /** Header fields of answers that it sets, by their lower-case names. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The request that bears a signature. */
export interface SasRequest {
  /** The account. */
  readonly account: Account;
  /** The container. */
  readonly container: string;
  /** The blob. */
  readonly key: string;
  /** The query, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Whether it came by TLS. */
  readonly isSecure: boolean;
  /** The key of a user delegation by what its signature names of it. */
  readonly delegationKey: (fields: readonly string[]) => string;
  /** The server's time. */
  readonly now: number;
}

const OVERRIDES: Readonly<Record<string, string>> = {
  rscc: "cache-control",
  rscd: "content-disposition",
  rsce: "content-encoding",
  rscl: "content-language",
  rsct: "content-type",
};

/** Checks a shared access signature of an account, a service, or a user delegation; gives what it grants. */
export function readSas(request: SasRequest): SasGrant {
  const { query, account } = request;
  const of = (name: string) => query.get(name) ?? "";
  const version = of("sv");
  if (!/^\d{4}-\d\d-\d\d$/.test(version) || version < "2018-11-09") {
    throw refused(`sv is not valid: ${version}`);
  }
  const isDelegated = query.has("skoid");
  const text = query.has("ss")
    ? accountText(request)
    : isDelegated
    ? delegatedText(request)
    : serviceText(request);
  const delegation = ["skoid", "sktid", "skt", "ske", "sks", "skv"].map(of);
  if (!isDelegated && !account.allowsKeys) throw new AzureError("KeyBasedAuthenticationNotPermitted");
  const keys = isDelegated ? [request.delegationKey(delegation)] : account.keys;
  if (!keys.some((key) => signText(text, key) === of("sig"))) {
    throw refused(`Signature did not match. String to sign used was ${text}`);
  }
  const policy = policyOf(request);
  checkTime(request, query.get("st") ?? policy?.start, query.get("se") ?? policy?.expiry);
  if (isDelegated) checkTime(request, of("skt"), of("ske"));
  if (of("spr") === "https" && !request.isSecure) throw new AzureError("AuthorizationProtocolMismatch");
  if (query.has("ss") && !of("ss").includes("b")) throw new AzureError("AuthorizationServiceMismatch");
  const overrides = Object.entries(OVERRIDES).filter(([name]) => query.has(name));
  return {
    permissions: query.get("sp") ?? policy?.permissions ?? "",
    ...(query.has("ss") ? { resourceTypes: of("srt") } : { resource: of("sr") }),
    ...(isDelegated && { objectId: of("skoid") }),
    overrides: Object.fromEntries(overrides.map(([name, field]) => [field, of(name)])),
  };
}

function accountText({ query, account }: SasRequest): string {
  const of = (name: string) => query.get(name) ?? "";
  const fields = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"].map(of);
  const scope = of("sv") >= "2020-12-06" ? [of("ses")] : [];
  return [account.name, ...fields, ...scope, ""].join("\n");
}

function serviceText(request: SasRequest): string {
  const { query } = request;
  const of = (name: string) => query.get(name) ?? "";
  return [
    ...["sp", "st", "se"].map(of),
    canonicalResource(request),
    ...["si", "sip", "spr", "sv", "sr"].map(of),
    snapshotOf(query),
    ...(of("sv") >= "2020-12-06" ? [of("ses")] : []),
    ...Object.keys(OVERRIDES).map(of),
  ].join("\n");
}

function delegatedText(request: SasRequest): string {
  const { query } = request;
  const of = (name: string) => query.get(name) ?? "";
  const version = of("sv");
  return [
    ...["sp", "st", "se"].map(of),
    canonicalResource(request),
    ...["skoid", "sktid", "skt", "ske", "sks", "skv"].map(of),
    ...(version >= "2020-02-10" ? ["saoid", "suoid", "scid"].map(of) : []),
    ...(version >= "2025-07-05" ? ["skdutid", "sduoid"].map(of) : []),
    ...["sip", "spr", "sv", "sr"].map(of),
    snapshotOf(query),
    ...(version >= "2020-12-06" ? [of("ses")] : []),
    ...(version >= "2026-04-06" ? ["", ""] : []),
    ...Object.keys(OVERRIDES).map(of),
  ].join("\n");
}

/** What a signature is for, as the request's own URL names it: one for another container does not fit. */
function canonicalResource({ query, account, container, key }: SasRequest): string {
  const resource = query.get("sr") ?? "";
  const base = `/blob/${account.name}/${container}`;
  if (resource === "c") return base;
  if (resource !== "d") return `${base}/${key}`;
  const depth = Number(query.get("sdd"));
  return [base, ...key.split("/").slice(0, depth)].join("/");
}

function snapshotOf(query: ReadonlyMap<string, string>): string {
  const resource = query.get("sr");
  return resource === "bs"
    ? query.get("snapshot") ?? ""
    : resource === "bv"
    ? query.get("versionid") ?? ""
    : "";
}

function policyOf({ query, account, container }: SasRequest) {
  const id = query.get("si");
  if (id === undefined) return undefined;
  const policy = account.containers.get(container)?.policies.get(id);
  if (!policy) throw refused(`Signed identifier ${id} does not exist`);
  return policy;
}

function checkTime({ now }: SasRequest, start: string | undefined, expiry: string | undefined): void {
  const [begins, ends] = [start ? Date.parse(start) : 0, Date.parse(expiry ?? "")];
  if (Number.isNaN(begins) || Number.isNaN(ends)) throw refused("se is mandatory. Cannot be empty");
  if (now >= begins && now < ends) return;
  const [from, to, at] = [begins, ends, now].map((ms) => new Date(ms).toUTCString());
  throw refused(
    `Signature not valid in the specified time frame: Start [${from}] - Expiry [${to}] - Current [${at}]`,
  );
}

/** A request that is not authenticated, with the reason. */
export function refused(detail: string): AzureError {
  return new AzureError("AuthenticationFailed", { details: { AuthenticationErrorDetail: detail } });
}
