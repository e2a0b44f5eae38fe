import { NotFoundError, PermissionDeniedError, UnauthenticatedError } from "@lade/core/errors";
import type { ErrorRow, FailedCall, FaultReading, ServiceFault } from "@lade/service/errors";
import { SKEWED } from "./error_table.ts";

/** Who asks, as far as it decides what a refusal means. */
export interface Asker {
  /** What requests are authorized with. */
  readonly kind: "sharedKey" | "sas" | "bearer" | "anonymous";
  /** Why a shared access signature permits nothing now. */
  fault?(): string | undefined;
  /** Why it does not permit a call, by itself: it lacks all of these letters, or the level. */
  lacks?(anyOf: string, level: "account" | "container" | "object"): string | undefined;
}

/** What a call has to be allowed: a role of Entra ID, letters of a shared access signature, any of which is enough. */
interface Need {
  readonly says: RegExp;
  readonly role: string;
  readonly anyOf: string;
  /** A letter that is needed besides. */
  readonly also?: string;
}

const NEEDS: readonly Need[] = [
  { says: /with tags/, role: "Storage Blob Data Owner", anyOf: "w", also: "t" },
  { says: /tag/, role: "Storage Blob Data Owner", anyOf: "t" },
  { says: /sign|delegat/, role: "Storage Blob Delegator", anyOf: "" },
  { says: /^list/, role: "Storage Blob Data Reader", anyOf: "l" },
  { says: /^(?:get|head|read|look|stream)/, role: "Storage Blob Data Reader", anyOf: "r" },
  { says: /version/, role: "Storage Blob Data Contributor", anyOf: "x" },
  { says: /^delete/, role: "Storage Blob Data Contributor", anyOf: "d" },
  { says: /^create/, role: "Storage Blob Data Contributor", anyOf: "cw" },
];
const WRITE: Need = { says: /^/, role: "Storage Blob Data Contributor", anyOf: "w" };

/** What an emulator says of a signature that does not fit. */
const UNKNOWN_TO_IT = /failed to authenticate/i;

/** Clocks may differ by this much ("Authorize with Shared Key"). */
const MOST_SKEW_MS = 900_000;

/** What a refusal means to who asked: the role or permission that is lacking, what is wrong with a signature, the clock. */
export function explainFault(
  fault: ServiceFault,
  { operation, step = operation, createOnly }: FailedCall,
  asker: Asker,
  nowMs: number,
): FaultReading {
  if (fault.code === "BlobNotFound" && step.includes("version")) return { row: NO_VERSION };
  if (fault.status !== 403 && fault.status !== 401) return {};
  const { role, anyOf, also } = NEEDS.find(({ says }) => says.test(step)) ?? WRITE;
  const letters = createOnly ? `c${anyOf}` : anyOf;
  const level = step.includes("containers") ? "account" : step.startsWith("list") ? "container" : "object";
  const over = asker.fault?.();
  const lacking = over ?? (also && asker.lacks?.(also, level)) ?? asker.lacks?.(letters, level);
  const row = lacking !== undefined
    ? { ...LACKING, ...over !== undefined && OVER, detail: `{identity} ${lacking}` }
    : asker.kind === "sas" && fault.code === "AuthorizationFailure" &&
        !UNKNOWN_TO_IT.test(fault.message ?? "")
    ? OUT_OF_REACH
    : fault.code === "AuthenticationFailed" && isSkewed(fault, nowMs)
    ? SKEWED
    : undefined;
  const grant = {
    bearer: `grant the role "${role}" on the container or the account, which takes up to ten minutes to hold`,
    sas: `use one that permits ${[...letters].join(" or ")}${also ? ` and ${also}` : ""} (sp)`,
    sharedKey: "check that the account permits it to its keys",
    anonymous: "sign in: only what is public is for everybody",
  }[asker.kind];
  return { row, words: (name) => name === "grant" ? grant : undefined };
}

const NO_VERSION: ErrorRow = { when: [], error: NotFoundError, detail: "no such version of the object" };
const LACKING: ErrorRow = {
  when: [],
  error: PermissionDeniedError,
  detail: "",
  advice: "have another one made, in the portal or by az storage container generate-sas",
};
const OVER = { error: UnauthenticatedError };
const OUT_OF_REACH: ErrorRow = {
  when: [],
  error: PermissionDeniedError,
  detail: "access denied to {identity}",
  advice:
    "one for a container makes, removes and lists no containers; else the firewall may not know this network",
};

function isSkewed({ serverTimeMs = NaN }: ServiceFault, nowMs: number): boolean {
  return Math.abs(nowMs - serverTimeMs) > MOST_SKEW_MS;
}
