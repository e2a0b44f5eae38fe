import {
  AlreadyExistsError,
  PreconditionFailedError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
} from "@lade/core/errors";
import type { ServiceFault } from "./service_fault.ts";

/**
 * What a failure is known by: its code, its status where the code is not listed, or certain words, with a code or (`*`) with
 * any.
 */
export type FaultSign = string | number | { readonly code: string; readonly says: RegExp };

/** What a caller makes of one failure that a service reports. */
export interface ErrorRow {
  /** What the failure is known by. */
  readonly when: readonly FaultSign[];
  /** What the caller catches. */
  readonly error: new (options: StoreErrorOptions) => StoreError;
  /** What is wrong. `{…}` stands for what is known at the time. */
  readonly detail: string;
  /** What to try next. */
  readonly advice?: string;
  /** Overrides whether the same call can succeed when it is made again. */
  readonly retryable?: boolean;
}

/** The call that failed. */
export interface FailedCall {
  /** What was being done, as a verb phrase that reads before the URI. */
  readonly operation: string;
  /** What it was done to. */
  readonly uri: string;
  /** What one request of it does, in the same form, where that needs other rights than the call by its name. */
  readonly step?: string | undefined;
  /** The call was to create, never to replace. */
  readonly createOnly?: boolean | undefined;
}

/** What is known of the service and of who asks. */
export interface FaultSetting {
  /** Host of the endpoint. */
  readonly endpoint: string;
  /** Who asks, without any secret: `access key "AKIA…" (from the environment)`. */
  readonly identity: string;
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** What the caller knows of a failure beyond the table. */
export interface FaultReading {
  /** The row that holds in place of the table's. */
  readonly row?: ErrorRow | undefined;
  /** What stands for `{…}` in the row, beyond what the setting has. */
  readonly words?: (name: string) => string | undefined;
}

/** Every failure the rows do not list. */
const OTHER: ErrorRow = { when: [], error: ServiceError, detail: "{message}" };
const EXISTS: ErrorRow = { when: [], error: AlreadyExistsError, detail: "the object exists already" };

/**
 * The failures of a service, row by row, and the store errors that they become. Rows may say `{message}` (the service's
 * words), `{endpoint}`, `{identity}`, `{skew}` (how far the clock of this machine is off), and what a call adds.
 */
export class ErrorTable {
  readonly #service: string;
  readonly #rows: ReadonlyMap<string | number, ErrorRow>;
  readonly #spoken: readonly (readonly [string, RegExp, ErrorRow])[];

  /** Takes the rows of a service, which messages call by `service`: `an S3 service`. */
  constructor(service: string, rows: readonly ErrorRow[]) {
    this.#service = service;
    const signs = rows.flatMap((row) => row.when.map((when) => [when, row] as const));
    this.#rows = new Map(signs.flatMap(([when, row]) => typeof when === "object" ? [] : [[when, row]]));
    this.#spoken = signs.flatMap(([when, row]) =>
      typeof when === "object" ? [[when.code, when.says, row] as const] : []
    );
  }

  /** The row of a fault: by its code, or by its status where it has none or the status says what a program must do. */
  rowOf({ code, message, status }: ServiceFault): ErrorRow {
    const [, , spoken] =
      this.#spoken.find(([each, says]) => (each === code || each === "*") && says.test(message)) ?? [];
    return spoken ?? this.#rows.get(code) ??
      (code === "" ? this.#rows.get(status) : this.#byStatus(status)) ??
      OTHER;
  }

  /** The error that a caller sees. To a create-only call, a condition that did not hold means that something is there. */
  storeError(
    fault: ServiceFault,
    call: FailedCall,
    setting: FaultSetting,
    { row, words }: FaultReading = {},
  ): StoreError {
    const { operation, uri } = call;
    const base = {
      operation,
      uri,
      cause: fault,
      ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
      ...(fault.waitedMs > 0 ? { waitedMs: fault.waitedMs } : {}),
    };
    if (fault.foreign !== undefined) return this.#foreignError(fault, fault.foreign, base, setting);
    const found = row ?? this.rowOf(fault);
    const isThere = !row && call.createOnly && found.error === PreconditionFailedError &&
      found.retryable === undefined;
    const { advice, detail, error, retryable } = isThere ? EXISTS : found;
    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (all, name: string) => words?.(name) ?? known(name, fault, setting) ?? all);
    return new error({
      ...base,
      detail: fill(detail) + trying(fault),
      advice: advice && fill(advice),
      ...(retryable === undefined ? {} : { retryable }),
    });
  }

  /** The rows as a table for the documentation. */
  static document(rows: readonly ErrorRow[]): string {
    const shown = (when: FaultSign) =>
      typeof when !== "object"
        ? `\`${when}\``
        : `${when.code === "*" ? "any" : `\`${when.code}\``} (\`${
          String(when.says).replaceAll("|", "\\|")
        }\`)`;
    const lines = rows.map(({ advice, detail, error, retryable, when }) => {
      const words = (advice === undefined ? detail : `${detail}; ${advice}`).replace(/[{}]/g, "_");
      return `| ${when.map(shown).join(", ")} | \`${error.name}\`${
        retryable ? ", retryable" : ""
      } | ${words} |`;
    });
    return ["| code or status | error | message |", "| --- | --- | --- |", ...lines].join("\n");
  }

  /** An unknown code keeps its own words, unless the status alone says what a program must do. */
  #byStatus(status: number): ErrorRow | undefined {
    return status === 401 || status === 429 || status >= 500 ? this.#rows.get(status) : undefined;
  }

  /**
   * The error of an answer that is somebody else's. That of a gateway which is down or busy keeps its class, since a
   * program does the same about it; a 404 or 403 decides nothing.
   */
  #foreignError(
    { status }: ServiceFault,
    what: string,
    base: Omit<StoreErrorOptions, "detail">,
    { endpoint }: FaultSetting,
  ): StoreError {
    const row = status >= 500 || status === 429 || status === 408 ? this.#rows.get(status) : undefined;
    const detail = status < 300
      ? `the answer is not that of ${this.#service}: status ${status} with ${what}`
      : `a ${status} that is not the service's: ${what}`;
    const advice =
      `check what stands between here and ${endpoint} (a proxy, a captive portal), and the endpoint`;
    return row
      ? new row.error({ ...base, detail, advice: `try again later, or ${advice}` })
      : new ServiceError({ ...base, detail, advice });
  }
}

function known(name: string, fault: ServiceFault, setting: FaultSetting): string | undefined {
  switch (name) {
    case "message":
      return fault.message;
    case "endpoint":
      return setting.endpoint;
    case "identity":
      return setting.identity;
    case "skew":
      return clockSkew(fault.serverTimeMs, setting.nowMs);
    default:
      return undefined;
  }
}

/** What was done about it, and what the service asks for. */
function trying({ attempts, retryAfterMs, waitedMs }: ServiceFault): string {
  const waited = waitedMs >= 1_000 ? ` in ${Math.round(waitedMs / 1_000)} s` : "";
  const asked = retryAfterMs === undefined ? "" : `; it asks to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
  return `${attempts > 1 ? ` (${attempts} tries${waited})` : ""}${asked}`;
}

/** How far the clock of this machine is off, in words that follow `the clock of this machine is`. */
export function clockSkew(serverTimeMs: number | undefined, nowMs: number): string {
  if (serverTimeMs === undefined) return "too far from that of the service";
  const seconds = Math.round((nowMs - serverTimeMs) / 1000);
  return `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} that of the service`;
}
