import type { RequestHead } from "@lade/testing/http";
import { GcsError } from "./gcs_error.ts";

/** Where a request leads. */
export interface Target {
  /** The interface it speaks to. */
  readonly api: "json" | "xml";
  /** How the path begins that leads to bytes; `batch` for a batch. */
  readonly way: "" | "upload" | "download" | "batch";
  /** What the path names, as in the JSON API: `b`, `b/B`, `b/B/o`, `b/B/o/K`; in the XML API without the `b` and `o`. */
  readonly shape: "service" | "bucket" | "objects" | "object";
  /** The bucket, or an empty string. */
  readonly bucket: string;
  /** The object, or an empty string. */
  readonly key: string;
  /** What is asked of an object beside itself: `rewriteTo`, `moveTo`, `compose`. */
  readonly verb: string;
  /** Where to. */
  readonly destination: { readonly bucket: string; readonly key: string } | undefined;
}

const JSON_PATH = /^(?:\/resumable)?(?:\/(upload|download))?(?:\/storage\/v1)?\/b(?:\/(.*))?$/;

/**
 * Reads where a request leads. Paths of the JSON API begin with `/storage/v1/b` or with `/b` alone: no bucket has a name
 * of one letter. A path with an object's name has it encoded whole.
 */
export function readTarget({ rawPath }: Pick<RequestHead, "rawPath">): Target {
  const plain = { verb: "", destination: undefined };
  if (/^\/batch(?:\/storage\/v1)?$/.test(rawPath)) {
    return { ...plain, api: "json", way: "batch", shape: "service", bucket: "", key: "" };
  }
  const match = JSON_PATH.exec(rawPath);
  if (!match) {
    const [, bucket = "", key] = /^\/([^/]*)(?:\/(.*))?$/s.exec(rawPath) ?? [];
    const shape = bucket === "" ? "service" : key ? "object" : "bucket";
    return { ...plain, api: "xml", way: "", shape, bucket: decode(bucket), key: decode(key ?? "") };
  }
  const way = match[1] === "upload" || match[1] === "download" ? match[1] : "";
  const [bucket = "", o, key = "", verb = "", ...rest] = match[2] === undefined
    ? []
    : match[2].split("/").map(decode);
  const target = { ...plain, api: "json" as const, way, bucket, key } as const;
  if (bucket === "") return { ...target, shape: "service" };
  if (o === undefined) return { ...target, shape: "bucket" };
  if (o !== "o") throw new GcsError("NotFound");
  if (key === "") return { ...target, shape: "objects" };
  return { ...target, shape: "object", verb, destination: readDestination(verb, bucket, rest) };
}

function readDestination(verb: string, bucket: string, rest: readonly string[]): Target["destination"] {
  if (verb === "moveTo" && rest[0] === "o" && rest.length === 2) return { bucket, key: rest[1] ?? "" };
  if (verb === "rewriteTo" && rest[0] === "b" && rest[2] === "o" && rest.length === 4) {
    return { bucket: rest[1] ?? "", key: rest[3] ?? "" };
  }
  if (rest.length > 0 || ["moveTo", "rewriteTo"].includes(verb)) throw new GcsError("NotFound");
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GcsError("InvalidArgument", "Invalid URI.");
  }
}
