import type { Clock } from "@lade/core/backend";
import type { Asker } from "../errors/explain_fault.ts";
import type { AzureCredential } from "./azure_credential.ts";

/** What a call is about. */
export type SasLevel = "account" | "container" | "object";

/** What a shared access signature says of itself; nothing of it is a secret. */
export interface SasDescription {
  /** What it reaches; empty where that is unknown. */
  readonly levels: readonly SasLevel[];
  /** Letters of its permissions; absent where a stored access policy has them. */
  readonly permissions?: string;
  /** When it ends, in milliseconds since 1970, where it says so. */
  readonly expiresMs?: number;
  /** In words: `permits to read and list (containers and objects) until 2030-01-01T00:00:00Z`. */
  readonly words: string;
  /** Why it permits nothing now, in words that follow its name: `expired 30 min ago (2030-01-01T00:00:00Z)`. */
  readonly fault?: string;
}

const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  ("r:read a:add c:create w:write d:delete x:delete_versions y:delete_for_good l:list t:use_tags f:find_by_tags m:move " +
    "i:set_immutability").replaceAll("_", " ").split(/ (?=\w:)/).map((each) => each.split(":")),
);
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
  const [types, services, permissions] = ["srt", "ss", "sp"].map((name) => query.get(name) ?? undefined);
  const given = types === undefined
    ? [`sr_${query.get("sr")?.[0]}`]
    : [...types].map((each) => `srt_${each}`);
  const levels = given.flatMap((name) => REACH[name] ?? []);
  const [startsMs = NaN, expiresMs = NaN] = ["st", "se"].map((name) => Date.parse(query.get(name) ?? ""));
  const shown = (timeMs: number) => new Date(timeMs).toISOString().replace(/\.\d+/, "");
  const may = permissions === undefined
    ? `permits what the stored access policy ${JSON.stringify(query.get("si"))} of the container says`
    : `permits to ${listed([...permissions].flatMap((letter) => WORDS[letter] ?? []))}`;
  const until = Number.isNaN(expiresMs) ? "" : ` until ${shown(expiresMs)}`;
  const fault = !query.get("sig")
    ? "is incomplete: it has no sig"
    : expiresMs <= nowMs
    ? `expired ${distance(nowMs - expiresMs)} ago (${shown(expiresMs)})`
    : startsMs > nowMs
    ? `begins in ${distance(startsMs - nowMs)} (${shown(startsMs)})`
    : services?.includes("b") === false
    ? `is not for blobs (ss=${services})`
    : undefined;
  return {
    levels,
    ...permissions !== undefined && { permissions },
    ...!Number.isNaN(expiresMs) && { expiresMs },
    words: `${may}${levels.length === 0 ? "" : ` (${plural(levels)})`}${until}`,
    ...fault !== undefined && { fault },
  };
}

/** Why a signature does not permit a call that any of the letters `anyOf` would do for, in words that follow its name. */
export function sasLacks(sas: SasDescription, anyOf: string, level: SasLevel): string | undefined {
  const { fault, levels, permissions } = sas;
  if (fault !== undefined) return fault;
  if (levels.length > 0 && !levels.includes(level)) {
    return `is for ${plural(levels)} alone, not for the ${level}`;
  }
  const letters = [...anyOf];
  if (permissions === undefined || letters.some((letter) => permissions.includes(letter))) return undefined;
  const needed = letters.map((letter) => WORDS[letter] ?? letter).join(" or ");
  return `lacks the permission to ${needed}: it has sp=${permissions}, and ${letters.join(" or ")} is needed`;
}

/** Who asks, for what refusals mean: of a signature, with what it lacks. */
export function askerOf(credential: AzureCredential, clock: Pick<Clock, "now">): Asker {
  const { kind } = credential;
  return {
    kind,
    ...kind === "sas" && {
      fault: () => describeSas(credential.token, clock.now()).fault,
      lacks: (anyOf, level) => sasLacks(describeSas(credential.token, clock.now()), anyOf, level),
    },
  };
}

function distance(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function plural(levels: readonly SasLevel[]): string {
  return listed(levels.map((level) => `${level}s`));
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
