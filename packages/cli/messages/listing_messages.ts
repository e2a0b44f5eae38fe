import type { ObjectInfo, ObjectMeta, ObjectVersion } from "@lade/core";
import { formatSizeColumn, SIZE_COLUMNS } from "../output/format_size_column.ts";
import { formatTime } from "../output/format_time.ts";
import { formatSize, printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** An object in a listing. */
export class ObjectMessage implements Message {
  readonly #uri: string;
  readonly #name: string;
  readonly #meta: ObjectMeta;
  readonly #humanSizes: boolean;

  /** Shows `meta` under `name`, its key relative to what was listed. */
  constructor(uri: string, name: string, meta: ObjectMeta, humanSizes: boolean) {
    this.#uri = uri;
    this.#name = name;
    this.#meta = meta;
    this.#humanSizes = humanSizes;
  }

  /** When it changed last, its size and its name. */
  toText(): string {
    const { size, lastModified } = this.#meta;
    const column = formatSizeColumn(size, this.#humanSizes);
    return `${formatTime(lastModified)} ${column} ${printable(this.#name)}`;
  }

  /** All that the listing has. */
  toJson(): Json {
    const { key, size, lastModified, etag, version, storageClass, checksums } = this.#meta;
    return {
      type: "object",
      uri: this.#uri,
      key,
      size,
      lastModified: lastModified.toISOString(),
      etag,
      version,
      storageClass,
      checksums: checksums && { ...checksums },
    };
  }
}

/** An object that was found. */
export class FoundMessage implements Message {
  readonly #object: ObjectMessage;
  readonly #shown: string;

  /** Shows `shown` of the object at `uri`: its URI, or its name below what was looked through. */
  constructor(uri: string, shown: string, meta: ObjectMeta) {
    this.#object = new ObjectMessage(uri, shown, meta, false);
    this.#shown = shown;
  }

  /** The URI or name alone. */
  toText(): string {
    return printable(this.#shown);
  }

  /** All that the listing has. */
  toJson(): Json {
    return this.#object.toJson();
  }
}

const TIME_COLUMNS = "2026-07-01 12:00:01".length;

/** A "directory" in a listing of one level. */
export class PrefixMessage implements Message {
  readonly #uri: string;
  readonly #name: string;

  /** Shows a prefix under `name`, relative to what was listed; both end in `/`. */
  constructor(uri: string, name: string) {
    this.#uri = uri;
    this.#name = name;
  }

  /** `PRE` in the column of sizes, and the name. */
  toText(style: Style): string {
    return style.dim("PRE".padStart(TIME_COLUMNS + 1 + SIZE_COLUMNS)) + ` ${printable(this.#name)}`;
  }

  /** The URI. */
  toJson(): Json {
    return { type: "prefix", uri: this.#uri };
  }
}

/** A version of an object, or a delete marker, in a listing. */
export class VersionMessage implements Message {
  readonly #uri: string;
  readonly #name: string;
  readonly #version: ObjectVersion;
  readonly #humanSizes: boolean;

  /** Shows `version` under `name`, its key relative to what was listed. */
  constructor(uri: string, name: string, version: ObjectVersion, humanSizes: boolean) {
    this.#uri = uri;
    this.#name = name;
    this.#version = version;
    this.#humanSizes = humanSizes;
  }

  /** When it was written, its size (`deleted` for a marker), its version, whether it is the latest, and its name. */
  toText(): string {
    const { size, lastModified, version, isLatest } = this.#version;
    const column = size === undefined
      ? "deleted".padStart(SIZE_COLUMNS)
      : formatSizeColumn(size, this.#humanSizes);
    const place = isLatest ? "latest" : "older ";
    return `${formatTime(lastModified)} ${column} ${printable(version)} ${place} ${printable(this.#name)}`;
  }

  /** All that the listing has. */
  toJson(): Json {
    const { lastModified, ...rest } = this.#version;
    return { type: "version", uri: this.#uri, ...rest, lastModified: lastModified.toISOString() };
  }
}

/** A container in a listing of containers. */
export class ContainerMessage implements Message {
  readonly #uri: string;

  /** Shows the container at `uri`. */
  constructor(uri: string) {
    this.#uri = uri;
  }

  /** The URI. */
  toText(): string {
    return printable(this.#uri);
  }

  /** The URI. */
  toJson(): Json {
    return { type: "container", uri: this.#uri };
  }
}

/** Everything a store knows of one object. */
export class StatMessage implements Message {
  readonly #uri: string;
  readonly #info: ObjectInfo;
  readonly #tags: Readonly<Record<string, string>> | undefined;

  /** Shows `info` of the object at `uri`, and its tags where they are known. */
  constructor(uri: string, info: ObjectInfo, tags?: Readonly<Record<string, string>>) {
    this.#uri = uri;
    this.#info = info;
    this.#tags = tags;
  }

  /** One property per line, the URI first. */
  toText(style: Style): string {
    const info = this.#info;
    const size = info.size >= 1024 ? `${info.size} (${formatSize(info.size)})` : String(info.size);
    const rows: (readonly [string, string | undefined])[] = [
      ["size", size],
      ["modified", info.lastModified.toISOString()],
      ["etag", info.etag],
      ["version", info.version],
      ["content type", info.contentType],
      ["content encoding", info.contentEncoding],
      ["cache control", info.cacheControl],
      ["content disposition", info.contentDisposition],
      ["content language", info.contentLanguage],
      ["expires", info.expires?.toISOString()],
      ["storage class", info.storageClass],
      ["tags", this.#tags ? undefined : info.tagCount?.toString()],
      ...Object.entries(this.#tags ?? {}).map(([name, value]) => [`tag ${name}`, value] as const),
      ...Object.entries(info.checksums ?? {}),
      ...Object.entries(info.metadata).map(([name, value]) => [`metadata ${name}`, value] as const),
    ];
    const known = rows.flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const]);
    const width = Math.max(...known.map(([name]) => name.length));
    const lines = known.map(([name, value]) =>
      `  ${style.dim(printable(name).padEnd(width))}  ${printable(value)}`
    );
    return [printable(this.#uri), ...lines].join("\n");
  }

  /** Every property by its name in the library. */
  toJson(): Json {
    const { lastModified, statusChanged, expires, checksums, metadata, ...rest } = this.#info;
    return {
      type: "stat",
      uri: this.#uri,
      ...rest,
      lastModified: lastModified.toISOString(),
      ...(statusChanged && { statusChanged: statusChanged.toISOString() }),
      ...(expires && { expires: expires.toISOString() }),
      ...(checksums && { checksums: { ...checksums } }),
      metadata,
      ...(this.#tags && { tags: { ...this.#tags } }),
    };
  }
}

/** What a prefix or an object takes. */
export interface Usage {
  /** The URI. */
  readonly uri: string;
  /** Bytes of all objects together. */
  readonly size: number;
  /** Number of objects. */
  readonly objects: number;
}

/** One line of `du`. */
export class UsageMessage implements Message {
  readonly #usage: Usage;
  readonly #humanSizes: boolean;

  /** Shows `usage`. */
  constructor(usage: Usage, humanSizes: boolean) {
    this.#usage = usage;
    this.#humanSizes = humanSizes;
  }

  /** Size, number of objects, URI. */
  toText(): string {
    const { uri, size, objects } = this.#usage;
    return `${formatSizeColumn(size, this.#humanSizes)} ${String(objects).padStart(9)} ${printable(uri)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "usage", ...this.#usage };
  }
}

/** A URL that carries its own signature. */
export interface Presigned {
  /** The object. */
  readonly uri: string;
  /** The method it permits. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** When it ceases to work. */
  readonly expires: Date;
  /** Headers that have to go with it. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One line of `presign`. */
export class PresignedMessage implements Message {
  readonly #presigned: Presigned;

  /** Shows `presigned`. */
  constructor(presigned: Presigned) {
    this.#presigned = presigned;
  }

  /** The URL alone, for use by other programs. */
  toText(): string {
    return printable(this.#presigned.url);
  }

  /** All of it. */
  toJson(): Json {
    const { expires, headers, ...rest } = this.#presigned;
    return { type: "presigned", ...rest, expires: expires.toISOString(), ...headers && { headers } };
  }
}
