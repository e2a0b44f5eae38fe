import type { CallOptions, ObjectStore } from "@lade/core";
import { ObjectSource } from "../source/object_source.ts";
import { ArrowFileReader } from "./arrow_file.ts";
import { ArrowStreamReader } from "./arrow_stream.ts";

/** Opens a file in Arrow's IPC format (`ARROW1`), by one request of its end. */
export async function openArrowFile(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<ArrowFileReader> {
  const { budget } = store.context;
  const source = await ObjectSource.open(store, key, { ...options, at: "end" });
  return await ArrowFileReader.open(source, { ...options, budget });
}

/** Opens a stream in Arrow's IPC format, by one request of its start. */
export async function openArrowStream(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<ArrowStreamReader> {
  return await ArrowStreamReader.open(await ObjectSource.open(store, key, options), options);
}
