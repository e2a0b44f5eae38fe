import type { ObjectInfo } from "@lade/core";
import { formatSize } from "../output/format_size.ts";
import { printable } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

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
    const { lastModified, expires, checksums, metadata, ...rest } = this.#info;
    return {
      type: "stat",
      uri: this.#uri,
      ...rest,
      lastModified: lastModified.toISOString(),
      ...(expires && { expires: expires.toISOString() }),
      ...(checksums && { checksums: { ...checksums } }),
      metadata,
      ...(this.#tags && { tags: { ...this.#tags } }),
    };
  }
}
