import { decodeName } from "../rows/name_text.ts";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { type Instant, nanosFrom, parseInstant } from "../rows/time_text.ts";

/** Takes the fields of a row to what they mean. */
export type RowParser = (fields: readonly string[]) => OpLogRow;

/** Columns without which a row means nothing. */
const NEEDED = ["op", "file", "start"];
/** Names that tools have for a column. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  operation: "op",
  size: "bytes",
  start_time: "start",
  end_time: "end",
  num_objects: "n_objects",
};
/** What others call an operation. */
const OPS: Readonly<Record<string, string>> = { HEAD: "STAT", GET_RANGE: "GET", DELETE_BATCH: "DELETE" };

/**
 * Makes a parser of the rows below a line of columns, found by their names in any order: those of Lade, warp and s3dlio,
 * and of others that have the needed ones. Other columns are passed over. Throws a `SyntaxError` where one is missing.
 */
export function rowParser(columns: readonly string[]): RowParser {
  const at = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const name = column.trim().toLowerCase();
    const known = OTHER_NAMES[name] ?? name;
    if (at.has(known)) throw new SyntaxError(`it has the column ${known} twice`);
    at.set(known, index);
  }
  const missing = NEEDED.filter((name) => !at.has(name));
  if (missing.length > 0) throw new SyntaxError(`there is no column ${missing.join(" and ")}`);
  const count = columns.length;
  const isLade = at.has("lade_op");
  const find = (name: string) => at.get(name) ?? -1;
  const [thread, op, client, objects, bytes] = ["thread", "op", "client_id", "n_objects", "bytes"].map(find);
  const [endpoint, file, error, start, first] = ["endpoint", "file", "error", "start", "first_byte"].map(
    find,
  );
  const [last, end, duration, offset, length] = ["last_byte", "end", "duration_ns", "offset", "length"].map(
    find,
  );
  const [call, toFile, server, encoding] = ["lade_op", "to_file", "server", "encoding"].map(find);
  return (fields) => {
    if (fields.length !== count) throw new SyntaxError(`it has ${fields.length} fields, not ${count}`);
    const raw = (index = -1) => fields[index] ?? "";
    const isEncoded = raw(encoding) === "percent";
    const name = (index = -1) => isEncoded ? decoded(raw(index)) : raw(index);
    const begun = instant("start", raw(start));
    if (!begun) throw new SyntaxError("it has no start");
    const since = (what: string, index = -1) => {
      const time = instant(what, raw(index));
      return time && nanosFrom(begun, time);
    };
    const durationNs = whole("duration_ns", raw(duration)) ?? since("end", end);
    if (durationNs === undefined) throw new SyntaxError("it has neither duration_ns nor end");
    if (durationNs < 0) throw new SyntaxError("it ends before it starts");
    if (durationNs > Number.MAX_SAFE_INTEGER) throw new SyntaxError("it takes more than 104 days");
    const within = (ns = -1) => ns >= 0 && ns <= durationNs ? ns : undefined;
    const [firstByteNs, lastByteNs] = [
      within(since("first_byte", first)),
      within(since("last_byte", last)),
    ];
    const [from, asked] = [whole("offset", raw(offset)), whole("length", raw(length))];
    const what = name(op).toUpperCase();
    const place = isLade
      ? { endpoint: name(endpoint), file: name(file) }
      : placeOf(name(endpoint), name(file));
    return {
      thread: name(thread),
      op: OPS[what] ?? what,
      clientId: name(client),
      objects: whole("n_objects", raw(objects)) ?? 1,
      bytes: whole("bytes", raw(bytes)) ?? 0,
      ...place,
      startSeconds: begun.seconds,
      startNanos: begun.nanos,
      durationNs,
      ...(raw(error) !== "" && { error: name(error) }),
      // Others write the start, or the end, where they do not know.
      ...(firstByteNs !== undefined && (isLade || firstByteNs !== 0 && firstByteNs !== durationNs) &&
        { firstByteNs }),
      ...(lastByteNs !== undefined && { lastByteNs }),
      ...(from !== undefined && { offset: from }),
      ...(asked !== undefined && { length: asked }),
      ...(raw(call) !== "" && { call: name(call) }),
      ...(raw(toFile) !== "" && { toFile: name(toFile) }),
      ...(raw(server) !== "" && { server: name(server) }),
    };
  };
}

/**
 * The container and the key of another tool's row. Its file begins with the bucket; its endpoint is a URI of the container,
 * from which the scheme is taken, or the server: of warp, which speaks S3.
 */
function placeOf(endpoint: string, file: string): Partial<OpLogRow> & Pick<OpLogRow, "endpoint" | "file"> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase();
  const isServer = scheme === undefined || scheme === "http" || scheme === "https";
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(file) ? file : `${isServer ? "s3" : scheme}://${file}`;
  const server = isServer && endpoint !== "" ? { server: endpoint } : {};
  if (/^(?:file|direct):/i.test(whole)) {
    return {
      endpoint: whole.slice(0, whole.indexOf("//") + 2) + "/",
      file: whole.replace(/^[^:]*:\/\/\/?/, ""),
    };
  }
  const slash = whole.indexOf("/", whole.indexOf("//") + 2);
  const container = slash < 0 ? `${whole}/` : whole.slice(0, slash + 1);
  return { ...server, endpoint: container, file: slash < 0 ? "" : whole.slice(slash + 1) };
}

function decoded(text: string): string {
  try {
    return decodeName(text);
  } catch {
    throw new SyntaxError(`${JSON.stringify(text)} is no percent-encoded text`);
  }
}

function instant(name: string, text: string): Instant | undefined {
  if (text === "") return undefined;
  const found = parseInstant(text);
  if (!found) throw new SyntaxError(`${name} ${JSON.stringify(text.slice(0, 60))} is no time`);
  return found;
}

function whole(name: string, text: string): number | undefined {
  if (text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || !/^\d+$/.test(text)) {
    throw new SyntaxError(`${name} ${JSON.stringify(text.slice(0, 60))} is no whole number`);
  }
  return value;
}
