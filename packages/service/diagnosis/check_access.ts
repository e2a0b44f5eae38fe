import {
  type Check,
  NotFoundError,
  type ObjectMeta,
  PermissionDeniedError,
  UnauthenticatedError,
} from "@lade/core/backend";
import { ServiceFault } from "../errors/service_fault.ts";
import { checkClock } from "./check_clock.ts";
import { probe } from "./patient.ts";
import type { ServicePatient } from "./service_patient.ts";

/** What the first request came to. */
export interface Access {
  /** Whether there is any use in further requests. */
  readonly open: boolean;
  /** Objects under the prefix, a page of them at most. */
  readonly objects: readonly ObjectMeta[];
}

interface Failure {
  readonly part: string;
  readonly error: unknown;
}

/**
 * Lists one page and derives the checks of credentials, configuration, clock, container and listing from the answer: the
 * check that explains an error fails.
 */
export async function* checkAccess(patient: ServicePatient): AsyncGenerator<Check, Access> {
  let credentials: Check;
  try {
    credentials = await probe(patient, () => patient.credentials());
  } catch (error) {
    patient.signal?.throwIfAborted();
    yield await patient.failed("credentials", error);
    yield* await patient.configuration();
    return { open: false, objects: [] };
  }
  let objects: readonly ObjectMeta[] = [];
  let failure: Failure | undefined;
  try {
    objects = await probe(patient, (signal) => patient.listPage(signal));
  } catch (error) {
    patient.signal?.throwIfAborted();
    failure = { part: blamed(patient, error), error };
  }
  const clock = checkClock(patient.answers, patient.maxSkewMs);
  const known: (readonly [string, Check | undefined])[] = [
    ["credentials", credentials],
    ...(await patient.configuration()).map((check) => [check.name, check] as const),
    ["clock", clock],
    [patient.container, undefined],
    ["list", failure ? undefined : listed(objects)],
  ];
  for (const [part, check] of known) {
    if (failure?.part === part) yield await patient.failed(part, failure.error);
    else if (check) yield check;
  }
  return { open: !failure || mayGoOn(failure), objects };
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

/** Which check a failure of the first request belongs to. What never reached the service is the endpoint's. */
function blamed(patient: ServicePatient, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ServiceFault) || cause.foreign !== undefined) return "endpoint";
  const own = patient.blame(cause);
  if (own !== undefined) return own;
  if (error instanceof UnauthenticatedError) return "credentials";
  return error instanceof NotFoundError ? patient.container : "list";
}

/** Reading and writing may be allowed where listing is not. */
function mayGoOn({ part, error }: Failure): boolean {
  return part === "list" && error instanceof PermissionDeniedError;
}
