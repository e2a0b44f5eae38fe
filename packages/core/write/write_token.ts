import type { Preconditions, PutOptions } from "../contract/types.ts";

/** What an upload is known by: all of the token that a listing gives. */
export interface UploadName {
  /** The object's URI, as the store that has the upload calls it. */
  readonly uri: string;
  /** What the store calls the upload. */
  readonly id: string;
}

/** What the token of a writer holds. */
export interface WriteToken extends UploadName {
  /** Bytes of the object. */
  readonly size: number;
  /** Bytes of a part. */
  readonly partSize: number;
  /** What holds at the commit: conditions, and the time of change. */
  readonly options: Preconditions & Pick<PutOptions, "lastModified">;
  /** What else the store has to know of the upload. */
  readonly own: Readonly<Record<string, string>>;
}

/** What a token is read for. */
export interface TokenUse {
  /** A verb phrase that reads before the URI. */
  readonly operation: string;
  /** The URI of the object that the token has to be of. */
  readonly uri: string;
}

/** The version of the format, which is the first member of every token. */
const FORMAT = 1;
/** Far more than any service's id has. */
const MAX_LENGTH = 2 ** 16;

/** The token of a listed upload, which can be aborted by it. */
export function formatUploadName({ uri, id }: UploadName): string {
  return JSON.stringify({ lade: FORMAT, uri, id });
}

/** The token of a writer. */
export function formatToken({ uri, id, size, partSize, options, own }: WriteToken): string {
  const { ifMatch, ifNoneMatch, ifIgnored, lastModified } = options;
  const given = { ifMatch, ifNoneMatch, ifIgnored, lastModified: lastModified?.getTime() };
  return JSON.stringify({ lade: FORMAT, uri, id, size, partSize, ...given, own });
}

/** Reads either token. One that is none, or of another object, is a `TypeError`. */
export function parseUploadName(token: string, use: TokenUse): UploadName {
  return readName(readMembers(token, use), use);
}

/** Bytes of a part of a resumed write; `undefined` where the object has no such part. */
export function partLength(
  index: number,
  { size, partSize }: Pick<WriteToken, "size" | "partSize">,
): number | undefined {
  const offset = index * partSize;
  const isPart = Number.isSafeInteger(index) && index >= 0 && offset < size;
  return isPart ? Math.min(partSize, size - offset) : undefined;
}

/** The error of a token whose `own` members the store did not write. */
export function foreignToken(use: TokenUse): TypeError {
  return fault(use, "the token is not one of this service");
}

/** Reads the token of a writer. One that is none, or of another object or size, is a `TypeError`. */
export function parseToken(token: string, size: number, use: TokenUse): WriteToken {
  const members = readMembers(token, use);
  const name = readName(members, use);
  const { size: told, partSize, own = {} } = members;
  if (told === undefined) throw fault(use, "the token is of a listing; a writer's own token is needed");
  if (!isCount(told, 0) || !isCount(partSize, 1) || !isTexts(own)) throw unreadable(use);
  if (told !== size) throw fault(use, `the token is of an object of ${told} bytes, not of ${size}`);
  return { ...name, size, partSize, options: readOptions(members, use), own };
}

function readMembers(token: string, use: TokenUse): Readonly<Record<string, unknown>> {
  if (typeof token !== "string" || token.length > MAX_LENGTH) throw unreadable(use);
  let members: unknown;
  try {
    members = JSON.parse(token);
  } catch {
    throw unreadable(use);
  }
  if (!isMembers(members) || members.lade === undefined) throw unreadable(use);
  if (members.lade === FORMAT) return members;
  throw fault(
    use,
    `the token has the format ${JSON.stringify(members.lade)}, which this version does not know`,
  );
}

function readName({ uri, id }: Readonly<Record<string, unknown>>, use: TokenUse): UploadName {
  if (typeof uri !== "string" || typeof id !== "string" || id === "") throw unreadable(use);
  if (uri !== use.uri) throw fault(use, `the token is of ${JSON.stringify(uri)}`);
  return { uri, id };
}

function readOptions(members: Readonly<Record<string, unknown>>, use: TokenUse): WriteToken["options"] {
  const { ifMatch, ifNoneMatch, ifIgnored, lastModified } = members;
  const date = typeof lastModified === "number" ? new Date(lastModified) : undefined;
  const isRight = (ifMatch === undefined || typeof ifMatch === "string") &&
    (ifNoneMatch === undefined || ifNoneMatch === "*") &&
    (ifIgnored === undefined || ifIgnored === "look" || ifIgnored === "refuse") &&
    (lastModified === undefined || (date !== undefined && !Number.isNaN(date.getTime())));
  if (!isRight) throw unreadable(use);
  return {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    ...(ifIgnored !== undefined && { ifIgnored }),
    ...(date && { lastModified: date }),
  };
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isMembers(value) && Object.values(value).every((text) => typeof text === "string");
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

function unreadable(use: TokenUse): TypeError {
  return fault(use, "the token is not one that a writer or a listing of this library gave");
}

function fault({ operation, uri }: TokenUse, detail: string): TypeError {
  return new TypeError(`Cannot ${operation} ${JSON.stringify(uri)}: ${detail}`);
}
