import type { CallOptions } from "@lade/core";
import { detectFormat } from "../formats/detect_format.ts";
import { formatOfName } from "../formats/format_names.ts";
import type { FormatName } from "../registry/format.ts";
import { type Converted, type ConvertOptions, type ConvertPlace, refused } from "./conversion.ts";

/** Writes the files below a prefix to tar or TFRecord. */
export async function convertFiles(
  from: ConvertPlace,
  to: ConvertPlace,
  name: FormatName,
  options: ConvertOptions,
): Promise<Converted> {
  refuseTableOptions(to, options);
  const { compression, index, maxBytes, onBytes, onLeftOut, writer } = options;
  const files = {
    ...writer,
    ...callOf(options),
    ...(index !== undefined && { index }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(onLeftOut && { onLeftOut }),
    onFile: (_name: string, bytes: number) => onBytes?.(bytes),
  };
  const compressed = compression ?? formatOfName(to.key).compression;
  if (name === "tar") {
    if (compressed !== undefined) throw refused(to, "tar is not compressed: its index would lead nowhere");
    const { filesToTar } = await import("./files_to_tar.ts");
    const archives = await filesToTar(from.store, from.key, to.store, to.key, files);
    return {
      from: "files",
      to: name,
      counts: { files: sumOf(archives, "files"), archives: archives.length },
    };
  }
  if (name === "tfrecord") {
    if (compressed !== undefined && compressed !== "gzip" && compressed !== "none") {
      throw refused(to, `tfrecord is not compressed by ${compressed}`, "take gzip, or none");
    }
    const { filesToTfrecord } = await import("./files_to_tfrecord.ts");
    const objects = await filesToTfrecord(from.store, from.key, to.store, to.key, {
      ...files,
      ...(compressed && { compression: compressed }),
    });
    return { from: "files", to: name, counts: { files: sumOf(objects, "records"), objects: objects.length } };
  }
  throw refused(to, `files become tar or tfrecord, not ${name}`);
}

/** Writes what tar or TFRecord hold as files below a prefix. */
export async function convertToFiles(
  from: ConvertPlace,
  to: ConvertPlace,
  options: ConvertOptions,
): Promise<Converted> {
  refuseTableOptions(to, options);
  if (options.compression !== undefined) throw refused(to, "files are not compressed");
  if (options.maxBytes !== undefined || options.index !== undefined) {
    throw refused(to, "files have neither an index nor shards");
  }
  const { store, key, format } = from;
  const { onBytes, onPassedOver, writer } = options;
  const call = callOf(options);
  const name = (await detectFormat(store, key, { ...call, ...(format && { format }) })).format;
  const files = {
    ...call,
    ...(writer?.ifNoneMatch !== undefined && { ifNoneMatch: writer.ifNoneMatch }),
    onFile: (_name: string, bytes: number) => onBytes?.(bytes),
  };
  if (name === "tar") {
    const { tarToFiles } = await import("./tar_to_files.ts");
    const { files: count } = await tarToFiles(store, key, to.store, to.key, {
      ...files,
      ...(onPassedOver && { onPassedOver: ({ name, type }) => onPassedOver(name, type) }),
    });
    return { from: name, to: "files", counts: { files: count } };
  }
  if (name === "tfrecord") {
    const { tfrecordToFiles } = await import("./tfrecord_to_files.ts");
    const { files: count } = await tfrecordToFiles(store, key, to.store, to.key, files);
    return { from: name, to: "files", counts: { files: count } };
  }
  throw refused(to, `tar and tfrecord become files, not ${name}`, "name an object, or give its format");
}

function refuseTableOptions(to: ConvertPlace, { columns, schema, groupRows }: ConvertOptions): void {
  if (columns || schema || groupRows !== undefined) throw refused(to, "files have no columns and rows");
}

function sumOf<Name extends string>(all: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return all.reduce((sum, each) => sum + each[name], 0);
}

function callOf({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}
