import { badParameter, GcsError } from "../gcs_error.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { Call } from "./call.ts";

/** What a request makes itself depend on: numbers as decimal text. */
interface Conditions {
  readonly generationMatch: string | undefined;
  readonly generationNotMatch: string | undefined;
  readonly metagenerationMatch: string | undefined;
  readonly metagenerationNotMatch: string | undefined;
}

/** What conditions are held against. */
type Conditioned = Pick<StoredObject, "generation" | "metageneration"> | undefined;

/** Checks the conditions of a read; `undefined` stands for an object that is not there, whose generation is 0. */
export function checkReadConditions(call: Call, object: Conditioned): void {
  check(conditionsOf(call), object, "NotModified");
}

/** Checks the conditions on what a write changes. */
export function checkWriteConditions(call: Call, current: Conditioned): void {
  check(conditionsOf(call), current, "PreconditionFailed");
}

/** Checks the conditions of a query, on what a write changes. */
export function checkQuery(query: ReadonlyMap<string, string>, current: Conditioned): void {
  check(readQuery(query, "if"), current, "PreconditionFailed");
}

/** Checks the conditions on the source of a copy. */
export function checkSourceConditions({ query }: Call, source: Conditioned): void {
  check(readQuery(query, "ifSource"), source, "PreconditionFailed");
}

/** Whether a request has conditions of the XML API. */
export function hasXmlConditions({ headers }: Pick<Call, "headers">): boolean {
  return [...headers.names()].some((name) =>
    /^(?:x-goog-if-|if-(?:none-)?match$|if-(?:un)?modified)/.test(name)
  );
}

function conditionsOf({ target: { api }, query, headers }: Call): Conditions {
  if (api === "json") return readQuery(query, "if");
  const read = (name: string) => numberIn(name, headers.get(name));
  return {
    generationMatch: read("x-goog-if-generation-match"),
    generationNotMatch: undefined,
    metagenerationMatch: read("x-goog-if-metageneration-match"),
    metagenerationNotMatch: undefined,
  };
}

function readQuery(query: ReadonlyMap<string, string>, prefix: "if" | "ifSource"): Conditions {
  const read = (name: string) => numberIn(prefix + name, query.get(prefix + name));
  return {
    generationMatch: read("GenerationMatch"),
    generationNotMatch: read("GenerationNotMatch"),
    metagenerationMatch: read("MetagenerationMatch"),
    metagenerationNotMatch: read("MetagenerationNotMatch"),
  };
}

function numberIn(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) throw badParameter(name, text);
  return text;
}

function check(
  conditions: Conditions,
  object: Conditioned,
  unless: "NotModified" | "PreconditionFailed",
): void {
  const generation = object?.generation ?? "0";
  const metageneration = String(object?.metageneration ?? 0);
  const { generationMatch, generationNotMatch, metagenerationMatch, metagenerationNotMatch } = conditions;
  const details = { locationType: "header", location: "If-Match" };
  if (
    (generationMatch ?? generation) !== generation ||
    (metagenerationMatch ?? metageneration) !== metageneration
  ) {
    throw new GcsError("PreconditionFailed", undefined, { details });
  }
  if (generationNotMatch === generation || metagenerationNotMatch === metageneration) {
    throw new GcsError(unless);
  }
}
