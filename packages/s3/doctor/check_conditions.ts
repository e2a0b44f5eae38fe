import {
  AlreadyExistsError,
  type Check,
  PermissionDeniedError,
  PreconditionFailedError,
  type PutResult,
  UnsupportedError,
} from "@lade/core/backend";
import { type Patient, probe } from "@lade/service/diagnosis";
import {
  CONDITION_KINDS,
  CONDITION_WORDS,
  type ConditionKind,
  type Conduct,
} from "../traits/condition_kind.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { PLAINER_WAY } from "../traits/extra.ts";
import { ProbeObjects } from "../probe/probe_objects.ts";
import { conductOf } from "../conditions/rely_on.ts";
import type { BucketStore } from "../store/bucket_store.ts";

/** A bucket that is examined. */
type BucketPatient = Patient & { readonly store: BucketStore };

/** Writers that try to create, or to replace, one object at the same time. */
const RACERS = 8;

/**
 * Finds out which conditions a service holds, by temporary objects, and whether of many writers at the same time one
 * wins: no single request can show that. Amazon's service is not asked.
 */
export async function* checkConditions(patient: BucketPatient): AsyncGenerator<Check> {
  const { connection } = patient.store.target;
  if (connection.trustsConditions) return;
  const name = "conditions";
  const found = new Map<ConditionKind, Conduct>();
  const near = `${patient.prefix}x`;
  try {
    // First what probes of the others ask for: whatever is found out is told in the check, and not as a notice too.
    for (const kind of new Set<ConditionKind>(["delete-match", ...CONDITION_KINDS])) {
      const call = {
        operation: "probe",
        uri: patient.store.uri,
        permission: "s3:PutObject and s3:DeleteObject",
      };
      const target = { call, key: near };
      try {
        found.set(
          kind,
          await probe(patient, (signal) => conductOf(connection, kind, { ...target, signal }, () => {})),
        );
      } catch (error) {
        if (!(error instanceof PermissionDeniedError) && !(error instanceof UnsupportedError)) throw error;
      }
    }
    const creators = found.get("put-create") === "holds" ? await raceToCreate(patient, near) : undefined;
    const swappers = found.get("put-match") === "holds" ? await raceToSwap(patient, near) : undefined;
    yield told(name, found, creators, swappers);
  } catch (error) {
    patient.signal?.throwIfAborted();
    yield await patient.failed(name, error);
  }
}

/** What the service does not take of what is sent of our own accord, as far as the diagnosis came upon it. */
export function* checkTraits({ traits: { missing } }: S3Connection): Generator<Check> {
  if (missing.length === 0) return;
  yield {
    name: "service",
    outcome: "ok",
    detail: `it ${missing.map((extra) => PLAINER_WAY[extra]).join("; it ")}`,
    facts: { missing: missing.join() },
  };
}

function told(
  name: string,
  found: ReadonlyMap<ConditionKind, Conduct>,
  creators: number | undefined,
  swappers: number | undefined,
): Check {
  const named = (conduct: Conduct) =>
    CONDITION_KINDS.flatMap((kind) => found.get(kind) === conduct ? [CONDITION_WORDS[kind]] : []);
  const [held, ignored, refused] = [named("holds"), named("ignores"), named("refuses")];
  const unknown = CONDITION_KINDS.flatMap((kind) => found.has(kind) ? [] : [CONDITION_WORDS[kind]]);
  const races = [[creators, "create"], [swappers, "replace"]].flatMap(([winners, what]) =>
    typeof winners === "number" && winners !== 1
      ? [`of ${RACERS} writers that ${what} one object at the same time, ${winners} succeed`]
      : []
  );
  const detail = [
    ...(held.length === 0 ? [] : [`held: ${held.join(", ")}`]),
    ...(ignored.length === 0 ? [] : [`ignored: ${ignored.join(", ")}`]),
    ...(refused.length === 0 ? [] : [`refused: ${refused.join(", ")}`]),
    ...(unknown.length === 0 ? [] : [`not known, for a probe is denied: ${unknown.join(", ")}`]),
    ...races,
  ].join("; ");
  const facts = {
    ...Object.fromEntries(found),
    ...(creators === undefined ? {} : { creators }),
    ...(swappers === undefined ? {} : { swappers }),
  };
  if (ignored.length + refused.length + races.length === 0) return { name, outcome: "ok", detail, facts };
  const advice = races.length > 0
    ? "let one writer at a time rely on conditions here"
    : "calls with a condition that is not held are refused, or look beforehand where they are allowed to";
  return { name, outcome: "warning", detail, advice, facts };
}

async function raceToCreate({ store, signal }: BucketPatient, near: string): Promise<number> {
  await using objects = new ProbeObjects(store.target.connection, near);
  const key = objects.newKey();
  return await race(
    objects,
    key,
    () => store.put(key, new Uint8Array(), { ifNoneMatch: "*", ...ending(signal) }),
  );
}

async function raceToSwap({ store, signal }: BucketPatient, near: string): Promise<number> {
  await using objects = new ProbeObjects(store.target.connection, near);
  const key = await objects.make();
  const { etag: ifMatch = "" } = await store.head(key, ending(signal));
  return await race(
    objects,
    key,
    (index) => store.put(key, new Uint8Array([index]), { ifMatch, ...ending(signal) }),
  );
}

/** How many of the racers succeed. */
async function race(
  objects: ProbeObjects,
  key: string,
  write: (index: number) => Promise<PutResult>,
): Promise<number> {
  const failures: unknown[] = [];
  const lost = (error: unknown) => {
    if (error instanceof AlreadyExistsError || error instanceof PreconditionFailedError) return;
    objects.made(key);
    failures.push(error);
  };
  let winners = 0;
  const won = ({ version }: PutResult) => {
    winners++;
    objects.made(key, version);
  };
  await Promise.all(Array.from({ length: RACERS }, (_, index) => write(index).then(won, lost)));
  if (failures.length > 0) throw failures[0];
  return winners;
}

function ending(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
