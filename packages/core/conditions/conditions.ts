import type { ObjectAttributes, Preconditions } from "../contract/types.ts";
import { AlreadyExistsError, PreconditionFailedError } from "../errors/errors.ts";
import type { CallName } from "../errors/store_error.ts";

const TEXTS = [
  "contentType",
  "contentEncoding",
  "cacheControl",
  "contentDisposition",
  "contentLanguage",
  "storageClass",
] as const;

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

// What a header can carry, in which conditions travel to services, and every signature has in one form.
const ETAG = /^[\x20-\x7e]*$/;

const CONDITIONS: readonly string[] = ["ifMatch", "ifNoneMatch", "ifIgnored", "sourceIfMatch"];
const LIKE_A_CONDITION = /^(source)?_?if/i;

/**
 * Throws a `TypeError` for an etag of a condition that is no text, or one that no service could be told of, and for a condition
 * that there is not: one that is misspelt would let a call replace or delete what it was to keep.
 */
export function checkEtags(
  { operation, uri }: CallName,
  given: Pick<Preconditions, "ifMatch" | "ifNoneMatch"> & { readonly sourceIfMatch?: string },
): void {
  for (const name in given) {
    if (CONDITIONS.includes(name) || !LIKE_A_CONDITION.test(name)) continue;
    throw new TypeError(
      `Cannot ${operation} ${JSON.stringify(uri)}: there is no condition ${JSON.stringify(name)}, only ${
        CONDITIONS.join(", ")
      }`,
    );
  }
  for (const name of ["ifMatch", "ifNoneMatch", "sourceIfMatch"] as const) {
    const etag: unknown = given[name];
    if (etag === undefined || (typeof etag === "string" && ETAG.test(etag))) continue;
    const fault = typeof etag === "string"
      ? `${JSON.stringify(etag)}, and no etag has such characters`
      : `of type ${typeof etag}, a text is needed`;
    throw new TypeError(`Cannot ${operation} ${JSON.stringify(uri)}: ${name} is ${fault}`);
  }
}

/**
 * Throws a `TypeError` for a condition or a time that no write can have, and for an attribute that is no text, or no record
 * of texts.
 */
export function checkWriteOptions(
  subject: CallName,
  options: Preconditions & ObjectAttributes & {
    readonly lastModified?: Date;
    readonly sourceIfMatch?: string;
  },
): void {
  checkEtags(subject, options);
  checkTexts(subject, options);
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

function checkTexts({ operation, uri }: CallName, given: ObjectAttributes): void {
  const refuse = (name: string, fault: string): never => {
    throw new TypeError(`Cannot ${operation} ${JSON.stringify(uri)}: ${name} is ${fault}`);
  };
  for (const name of TEXTS) {
    const text: unknown = given[name];
    if (text !== undefined && typeof text !== "string") {
      refuse(name, `of type ${typeof text}, a text is needed`);
    }
  }
  for (const name of ["metadata", "tags"] as const) {
    const record: unknown = given[name];
    if (record === undefined) continue;
    // The entries of a `Map`, of `Headers` and the like are no fields, so that all of them would be lost.
    if (typeof record !== "object" || record === null || Symbol.iterator in record) {
      refuse(name, "no record of texts by name");
    }
    for (const [key, text] of Object.entries(record as object)) {
      if (typeof text !== "string") {
        refuse(`${name} ${JSON.stringify(key)}`, `of type ${typeof text}, a text is needed`);
      }
    }
  }
}
