import type { ObjectAttributes, Preconditions } from "../contract/types.ts";
import { AlreadyExistsError, PreconditionFailedError } from "../errors/errors.ts";
import type { CallName } from "../errors/store_error.ts";

/** Throws unless an object with `etag` may be read. */
export function checkReadConditions(
  subject: CallName,
  etag: string | undefined,
  conditions: Preconditions,
): void {
  checkMatch(subject, etag, conditions.ifMatch);
  if (conditions.ifNoneMatch !== undefined && conditions.ifNoneMatch === etag) {
    throw new PreconditionFailedError({ ...subject, detail: `the etag still is ${JSON.stringify(etag)}` });
  }
}

/** Throws unless the present object (none has no etag) may be replaced. */
export function checkWriteConditions(
  subject: CallName,
  etag: string | undefined,
  conditions: Preconditions,
): void {
  checkMatch(subject, etag, conditions.ifMatch);
  if (conditions.ifNoneMatch !== undefined && etag !== undefined) {
    throw new AlreadyExistsError({ ...subject, detail: "the object exists already" });
  }
}

// What a header can carry, in which conditions travel to services.
const ETAG = /^[\x20-\x7e\x80-\xff]*$/;

/** Throws a `TypeError` for a condition or a time that no write can have. */
export function checkWriteOptions(
  subject: CallName,
  options: Preconditions & Pick<ObjectAttributes, "expires"> & {
    readonly lastModified?: Date;
    readonly sourceIfMatch?: string;
  },
): void {
  for (const name of ["ifMatch", "sourceIfMatch"] as const) {
    const etag = options[name];
    if (etag === undefined || ETAG.test(etag)) continue;
    throw new TypeError(
      `Cannot ${subject.operation} ${JSON.stringify(subject.uri)}: ${name} is ${
        JSON.stringify(etag)
      }, and no etag has such characters`,
    );
  }
  for (const name of ["expires", "lastModified"] as const) {
    const time = options[name];
    if (time === undefined || (time instanceof Date && !Number.isNaN(time.getTime()))) continue;
    const given = `${name} is ${String(time)}`;
    throw new TypeError(
      `Cannot ${subject.operation} ${JSON.stringify(subject.uri)}: ${given}, a valid Date is needed`,
    );
  }
  const conditions: Preconditions = options;
  checkIfIgnored(subject, conditions);
  if (conditions.ifNoneMatch === undefined || conditions.ifNoneMatch === "*") return;
  throw new TypeError(
    `Cannot ${subject.operation} ${JSON.stringify(subject.uri)}: ifNoneMatch of a write is ${
      JSON.stringify(conditions.ifNoneMatch)
    }, only "*" (create only) is possible`,
  );
}

/** Throws a `TypeError` for an `ifIgnored` that is no word of the contract. */
export function checkIfIgnored(
  { operation, uri }: CallName,
  { ifIgnored }: Pick<Preconditions, "ifIgnored">,
): void {
  if (ifIgnored === undefined || ifIgnored === "refuse" || ifIgnored === "look") return;
  throw new TypeError(
    `Cannot ${operation} ${JSON.stringify(uri)}: ifIgnored is ${
      JSON.stringify(ifIgnored)
    }, only "refuse" and "look" are possible`,
  );
}

/** Throws unless `etag` is `wanted`, where something is wanted. */
export function checkMatch(
  subject: CallName,
  etag: string | undefined,
  wanted: string | undefined,
): void {
  if (wanted === undefined || wanted === etag) return;
  const found = etag === undefined ? "there is no such object" : `the etag is ${JSON.stringify(etag)}`;
  throw new PreconditionFailedError({ ...subject, detail: `${found}, not ${JSON.stringify(wanted)}` });
}
