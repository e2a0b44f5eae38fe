import { type CallOptions, getBytes, type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { readV2Array, readV3Array } from "./array_metadata.ts";
import { isObject, type JsonObject, printed, readJson } from "./read_json.ts";
import { ZarrArray } from "./zarr_array.ts";

/** Groups in one another, at most. */
const DEEPEST = 64;

/** Metadata that a group has of all below it, by path and name (`a/b/.zarray`), and where in it a node is. */
interface Consolidated {
  readonly all: ReadonlyMap<string, JsonObject>;
  readonly base: string;
}

/** A Zarr group of version 2 or 3. */
export class ZarrGroup {
  /** What it is. */
  readonly kind = "group";
  /** The store that has it. */
  readonly store: ObjectStore;
  /** What the keys of its objects begin with; it ends in a slash, or is empty. */
  readonly prefix: string;
  /** The version of the format. */
  readonly version: 2 | 3;
  /** What its writer said of it. */
  readonly attributes: JsonObject;
  readonly #known: Consolidated | undefined;

  /** A group whose metadata were read. `known` are those of all below it, where it has them. */
  constructor(
    { store, prefix }: ZarrPlace,
    version: 2 | 3,
    attributes: JsonObject,
    known?: Consolidated,
  ) {
    this.store = store;
    this.prefix = prefix;
    this.version = version;
    this.attributes = attributes;
    this.#known = known;
  }

  /** What errors name. */
  get uri(): string {
    return objectUri(this.store.uri, this.prefix);
  }

  /** Opens an array or group below, by its path; one that is not there is a `NotFoundError`. */
  async open(path: string, options: CallOptions = {}): Promise<ZarrArray | ZarrGroup> {
    const place = { store: this.store, prefix: `${this.prefix}${path.replace(/\/$/, "")}/` };
    const known = this.#known && { ...this.#known, base: `${this.#known.base}${path.replace(/\/$/, "")}/` };
    const node = await openNode(place, this.version, known, options);
    if (node) return node;
    const uri = objectUri(place.store.uri, place.prefix);
    throw new NotFoundError({ operation: "read zarr", uri, detail: "no array or group is there" });
  }

  /** Yields the names of what lies directly below: by the metadata that the group has of it, else by a listing. */
  async *names(options: CallOptions = {}): AsyncIterable<string> {
    if (this.#known) {
      const names = new Set<string>();
      const { all, base } = this.#known;
      for (const path of all.keys()) {
        const end = path.startsWith(base) ? path.indexOf("/", base.length) : -1;
        if (end > base.length) names.add(path.slice(base.length, end));
      }
      yield* names;
      return;
    }
    for await (const entry of this.store.listWithDelimiter(this.prefix, options)) {
      if ("prefix" in entry) yield entry.prefix.slice(this.prefix.length, -1);
    }
  }

  /** Yields all arrays below, with their paths. */
  async *arrays(options: CallOptions = {}): AsyncGenerator<[path: string, array: ZarrArray]> {
    if (!this.#known) return yield* arraysBelow(this, "", 0, options);
    const { all, base } = this.#known;
    for (const [path, json] of all) {
      const [, name] =
        /^(.+)\/(?:\.zarray|zarr\.json)$/.exec(path.startsWith(base) ? path.slice(base.length) : "") ?? [];
      if (name === undefined || (this.version === 3 && json["node_type"] !== "array")) continue;
      const node = await this.open(name, options);
      if (node instanceof ZarrArray) yield [name, node];
    }
  }
}

interface ZarrPlace {
  readonly store: ObjectStore;
  readonly prefix: string;
}

/** Opens the array or group whose objects begin with a prefix. */
export async function openZarr(
  store: ObjectStore,
  prefix: string,
  options: CallOptions = {},
): Promise<ZarrArray | ZarrGroup> {
  const place = { store, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
  const node = await openNode(place, 3, undefined, options) ?? await openNode(place, 2, undefined, options);
  if (node) return node;
  const uri = objectUri(store.uri, place.prefix);
  const detail = "no Zarr is there: neither zarr.json nor .zarray nor .zgroup";
  throw new NotFoundError({ operation: "read zarr", uri, detail });
}

/** Opens the array of a prefix; a group is a `TypeError`. */
export async function openZarrArray(
  store: ObjectStore,
  prefix: string,
  options: CallOptions = {},
): Promise<ZarrArray> {
  const node = await openZarr(store, prefix, options);
  if (node instanceof ZarrArray) return node;
  throw new TypeError(`Cannot read ${node.uri} as an array: it is a group; open one of its arrays`);
}

async function openNode(
  place: ZarrPlace,
  version: 2 | 3,
  known: Consolidated | undefined,
  options: CallOptions,
): Promise<ZarrArray | ZarrGroup | undefined> {
  const read = async (name: string) =>
    known ? known.all.get(known.base + name) : await readDocument(place, name, options);
  const uriOf = (name: string) => objectUri(place.store.uri, place.prefix + name);
  if (version === 3) {
    const json = await read("zarr.json");
    if (!json) return undefined;
    if (json["node_type"] === "array" && json["zarr_format"] === 3) {
      return new ZarrArray(place.store, place.prefix, readV3Array(json, uriOf("zarr.json")));
    }
    if (json["node_type"] !== "group" || json["zarr_format"] !== 3) {
      const detail = `its metadata are of ${printed(json["node_type"])} in version ${
        printed(json["zarr_format"])
      }`;
      throw new FormatError({ operation: "read zarr", uri: uriOf("zarr.json"), detail });
    }
    const attributes = isObject(json["attributes"]) ? json["attributes"] : {};
    return new ZarrGroup(
      place,
      3,
      attributes,
      known ?? consolidated(json["consolidated_metadata"], "/zarr.json"),
    );
  }
  const array = await read(".zarray");
  if (array) {
    return new ZarrArray(
      place.store,
      place.prefix,
      readV2Array(array, await read(".zattrs") ?? {}, uriOf(".zarray")),
    );
  }
  const group = await read(".zgroup");
  if (!group) return undefined;
  const [attributes, all] = [await read(".zattrs"), known ? undefined : await read(".zmetadata")];
  return new ZarrGroup(place, 2, attributes ?? {}, known ?? consolidated(all, ""));
}

/** The metadata that a group has of all below it: of version 2 by their keys, of version 3 by their paths. */
function consolidated(json: JsonObject[string] | undefined, suffix: string): Consolidated | undefined {
  const all = isObject(json) ? json["metadata"] : undefined;
  if (!isObject(all)) return undefined;
  const entries = Object.entries(all).flatMap(([path, value]) =>
    isObject(value) ? [[path.replace(/^\//, "") + suffix, value] as const] : []
  );
  return { all: new Map(entries), base: "" };
}

async function readDocument(
  { store, prefix }: ZarrPlace,
  name: string,
  { signal }: CallOptions,
): Promise<JsonObject | undefined> {
  try {
    const { bytes } = await getBytes(store, prefix + name, signal ? { signal } : {});
    return readJson(bytes, objectUri(store.uri, prefix + name));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function* arraysBelow(
  group: ZarrGroup,
  path: string,
  depth: number,
  options: CallOptions,
): AsyncGenerator<[path: string, array: ZarrArray]> {
  if (depth > DEEPEST) {
    throw new FormatError({ operation: "read zarr", uri: group.uri, detail: `it lies in ${depth} groups` });
  }
  for await (const name of group.names(options)) {
    let node: ZarrArray | ZarrGroup;
    try {
      node = await group.open(name, options);
    } catch (error) {
      // A directory of something else.
      if (error instanceof NotFoundError) continue;
      throw error;
    }
    if (node instanceof ZarrArray) yield [path + name, node];
    else yield* arraysBelow(node, `${path}${name}/`, depth + 1, options);
  }
}
