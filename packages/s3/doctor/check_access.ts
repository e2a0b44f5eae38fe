import {
  type Check,
  NotFoundError,
  type ObjectMeta,
  PermissionDeniedError,
  UnauthenticatedError,
} from "@lade/core/backend";
import { look } from "@lade/service/diagnosis";
import { TransportError } from "@lade/service/http";
import { S3Fault } from "../errors/s3_fault.ts";
import { listPage } from "../list/list_page.ts";
import { checkClock } from "./check_clock.ts";
import { checkSettings } from "./check_settings.ts";
import { origin } from "./origin.ts";
import { maskKeyId } from "../credentials/mask_key_id.ts";
import type { S3Patient } from "./s3_patient.ts";

/** What the first request came to. */
export interface Access {
  /** Whether there is any use in further requests. */
  readonly open: boolean;
  /** Objects under the prefix, a page of them at most. */
  readonly objects: readonly ObjectMeta[];
}

type Part = "credentials" | "region" | "endpoint" | "settings" | "clock" | "bucket" | "list";

interface Failure {
  readonly part: Part;
  readonly error: unknown;
}

/**
 * Asks for a page of the listing, and tells by the answer how it stands with all that a request depends on: of these
 * checks the one is failed that the answer blames.
 */
export async function* checkAccess(patient: S3Patient): AsyncGenerator<Check, Access> {
  const { connection } = patient.store;
  const keys = await credentials(patient);
  if ("failure" in keys) {
    yield keys.failure;
    yield* [region(patient), endpoint(patient), ...await checkSettings(patient)];
    return { open: false, objects: [] };
  }
  const objects: ObjectMeta[] = [];
  let failure: Failure | undefined;
  try {
    const uri = patient.store.uri + (patient.prefix && `/${patient.prefix}`);
    const page = await look(
      patient,
      (signal) => listPage(connection, uri, { prefix: patient.prefix, signal }),
    );
    objects.push(...page.entries);
  } catch (error) {
    patient.signal?.throwIfAborted();
    failure = { part: blamed(error), error };
  }
  const known: (readonly [Part, Check | undefined])[] = [
    ["credentials", keys.check],
    ["region", region(patient)],
    ["endpoint", endpoint(patient)],
    ...(await checkSettings(patient)).map((check) => ["settings", check] as const),
    ["clock", checkClock(patient.answers)],
    ["bucket", undefined],
    ["list", failure ? undefined : listed(objects)],
  ];
  for (const [part, check] of known) {
    if (failure?.part === part) yield await patient.failed(part, failure.error);
    else if (check) yield check;
  }
  return { open: !failure || mayGoOn(failure), objects };
}

async function credentials(
  patient: S3Patient,
): Promise<{ readonly check: Check } | { readonly failure: Check }> {
  const name = "credentials";
  const { connection } = patient.store;
  const cache = connection.credentials;
  if (!cache) return { check: { name, outcome: "ok", detail: "none: requests go unsigned" } };
  try {
    const keys = await look(patient, async () => await cache.get());
    const accessKeyId = maskKeyId(keys.accessKeyId);
    const source = cache.current?.source ?? "";
    const kind = keys.sessionToken === undefined ? "" : `, temporary${lifetime(patient, keys.expiration)}`;
    const detail = `access key ${accessKeyId}, from ${source}${kind}`;
    return { check: { name, outcome: "ok", detail, facts: { accessKeyId, source } } };
  } catch (error) {
    patient.signal?.throwIfAborted();
    return { failure: await patient.failed(name, error) };
  }
}

function lifetime({ clock }: S3Patient, expiration: Date | undefined): string {
  if (!expiration) return "";
  const minutes = Math.round((expiration.getTime() - clock.now()) / 60_000);
  return minutes < 0 ? `, expired ${-minutes} min ago` : `, for another ${minutes} min`;
}

function region({ store: { connection } }: S3Patient): Check {
  const { region: { source, value } } = connection.config;
  const name = "region";
  const now = connection.region;
  const facts = { region: now, source };
  if (now === value) return { name, outcome: "ok", detail: `${now}, ${origin(source)}`, facts };
  return {
    name,
    outcome: "warning",
    detail: `${value}, ${
      origin(source)
    }, is wrong: the bucket is in ${now}, as one refused request found out`,
    advice: `set region to ${JSON.stringify(now)}`,
    facts,
  };
}

function endpoint({ answers, store: { connection } }: S3Patient): Check {
  const { endpoint } = connection;
  const source = connection.config.endpoint?.source ?? "the region";
  const style = endpoint.pathStyle ? "path style" : "virtual-host style";
  const url = endpoint.serviceUrl;
  const first = answers.answers[0];
  const connected = first ? `, connected in ${first.connectMs.toFixed(1)} ms` : "";
  return {
    name: "endpoint",
    outcome: "ok",
    detail: `${url}, ${origin(source)}, ${style}${connected}`,
    facts: {
      endpoint: url,
      source,
      pathStyle: endpoint.pathStyle,
      ...(first ? { connectMs: first.connectMs } : {}),
      ...(first?.remoteAddress === undefined ? {} : { remoteAddress: first.remoteAddress }),
    },
  };
}

function listed(objects: readonly ObjectMeta[]): Check {
  const some = objects.length === 0 ? "there is none" : `the first ${objects.length} came at once`;
  return {
    name: "list",
    outcome: "ok",
    detail: `objects may be listed; ${some}`,
    facts: { objects: objects.length },
  };
}

/** Which check a failure of the first request belongs to. */
function blamed(error: unknown): Part {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof TransportError) return "endpoint";
  if (!(cause instanceof S3Fault) || cause.foreign !== undefined) return "endpoint";
  if (cause.code === "RequestTimeTooSkewed") return "clock";
  if (/^(AuthorizationHeaderMalformed|IllegalLocationConstraintException|.*Redirect)$/.test(cause.code)) {
    return "region";
  }
  if (error instanceof UnauthenticatedError) return "credentials";
  return error instanceof NotFoundError ? "bucket" : "list";
}

/** Whoever may not list may still read and write. */
function mayGoOn({ part, error }: Failure): boolean {
  return part === "list" && error instanceof PermissionDeniedError;
}
