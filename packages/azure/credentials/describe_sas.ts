import type { Clock } from "@lade/core/backend";
import type { Asker } from "../errors/explain_fault.ts";
import type { AzureCredential } from "./azure_credential.ts";

/** What a call is about. */
export type SasLevel = "account" | "container" | "object";

/** What a shared access signature says of itself; nothing of it is a secret. */
export interface SasDescription {
  /** What signed it: a key of the account, for all of it or for one place, or an identity of Entra ID. */
  readonly kind: "account" | "service" | "user delegation";
  /** What it reaches. */
  readonly levels: readonly SasLevel[];
  /** Letters of its permissions; absent where a stored access policy has them. */
  readonly permissions?: string;
  /** The stored access policy that has what it does not say itself. */
  readonly policy?: string;
  /** When it ends, in milliseconds since 1970, where it says so. */
  readonly expiresMs?: number;
  /** In words: `permits to read and list containers and objects until 2030-01-01T00:00:00Z`. */
  readonly words: string;
  /** Why it permits nothing now, in words that follow its name: `expired 2 h ago (2030-01-01T00:00:00Z)`. */
  readonly fault?: string;
}

const WORDS: Readonly<Record<string, string>> = {
  r: "read",
  a: "add",
  c: "create",
  w: "write",
  d: "delete",
  x: "delete versions",
  y: "delete for good",
  l: "list",
  t: "use tags",
  f: "find by tags",
  m: "move",
  i: "set immutability",
};
/** What `srt` of an account's signature and `sr` of others reach. */
const REACH: Readonly<Record<string, readonly SasLevel[]>> = {
  srt_s: ["account"],
  srt_c: ["container"],
  srt_o: ["object"],
  sr_c: ["container", "object"],
  sr_d: ["object"],
  sr_b: ["object"],
};

/** Reads what a signature says of itself. What the service finds of it may be another thing. */
export function describeSas(token: string, nowMs: number): SasDescription {
  const query = new URLSearchParams(token.replace(/^\?/, ""));
  const types = query.get("srt");
  const given = types === null ? [`sr_${query.get("sr")?.[0]}`] : [...types].map((letter) => `srt_${letter}`);
  const levels = given.flatMap((name) => REACH[name] ?? []);
  const permissions = query.get("sp") ?? undefined;
  const policy = query.get("si") ?? undefined;
  const [startsMs, expiresMs] = ["st", "se"].map((name) => Date.parse(query.get(name) ?? ""));
  const ends = expiresMs !== undefined && !Number.isNaN(expiresMs);
  const may = permissions === undefined
    ? `permits what the stored access policy ${JSON.stringify(policy ?? "")} of the container says`
    : `permits to ${listed([...permissions].flatMap((letter) => WORDS[letter] ?? []))}`;
  const until = ends ? ` until ${shown(expiresMs)}` : "";
  const fault = faultOf(query, nowMs, startsMs, expiresMs);
  return {
    kind: types !== null ? "account" : query.has("skoid") ? "user delegation" : "service",
    levels,
    ...permissions !== undefined && { permissions },
    ...policy !== undefined && { policy },
    ...ends && { expiresMs },
    words: `${may}${levels.length === 0 ? "" : ` (${listed(levels.map((level) => `${level}s`))})`}${until}`,
    ...fault !== undefined && { fault },
  };
}

/**
 * Why a signature does not permit a call, in words that follow its name; `undefined` where it may. Any of the letters
 * `anyOf` is enough.
 */
export function sasLacks(sas: SasDescription, anyOf: string, level: SasLevel): string | undefined {
  if (sas.fault !== undefined) return sas.fault;
  if (sas.levels.length > 0 && !sas.levels.includes(level)) {
    const field = sas.kind === "account" ? "srt" : "sr";
    return `is for ${listed(sas.levels.map((each) => `${each}s`))} alone, not for the ${level} (${field})`;
  }
  if (sas.permissions === undefined || [...anyOf].some((letter) => sas.permissions?.includes(letter))) {
    return undefined;
  }
  const needed = [...anyOf].map((letter) => WORDS[letter] ?? letter).join(" or ");
  return `lacks the permission to ${needed}: it has sp=${sas.permissions}, and ${
    [...anyOf].join(" or ")
  } is needed`;
}

/** Who asks, for what refusals mean: of a signature, with what it lacks. */
export function askerOf(credential: AzureCredential, clock: Pick<Clock, "now">): Asker {
  const { kind } = credential;
  if (kind !== "sas") return { kind };
  return {
    kind,
    lacks: (anyOf, level) => sasLacks(describeSas(credential.token, clock.now()), anyOf, level),
  };
}

function faultOf(query: URLSearchParams, nowMs: number, startsMs = NaN, expiresMs = NaN): string | undefined {
  const services = query.get("ss");
  if (!query.get("sig")) return "is incomplete: it has no sig";
  if (expiresMs <= nowMs) return `expired ${distance(nowMs - expiresMs)} ago (${shown(expiresMs)})`;
  if (startsMs > nowMs) return `begins in ${distance(startsMs - nowMs)} (${shown(startsMs)})`;
  return services !== null && !services.includes("b") ? `is not for blobs (ss=${services})` : undefined;
}

function shown(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+/, "");
}

function distance(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return minutes < 120
    ? `${minutes} min`
    : minutes < 2_880
    ? `${Math.round(minutes / 60)} h`
    : `${Math.round(minutes / 1_440)} days`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
