import type { ModuleGraph } from "./module_graph.ts";

/**
 * The folders of each package, from the bottom up: a module imports from its own folder and from those before it. Modules
 * that lie in no folder are at the top, or where `.` stands. A package that is not here may import as it likes within itself.
 */
export type Layers = Readonly<Record<string, readonly string[]>>;

/** The folders of the packages. */
export const LAYERS: Layers = {
  codec: ["node", "hash", "checksum", "zstd", "testing"],
  core: [
    "system",
    "time",
    "concurrency",
    "buffers",
    "context",
    "retry",
    "text",
    "shard",
    "errors",
    "settings",
    "contract",
    "conditions",
    "uri",
    "registry",
    "write",
    "zstd",
    "progress",
    "read",
    "operations",
    "layers",
    "memory",
  ],
  service: [
    "environment",
    "settings",
    "xml",
    "http",
    "body",
    "errors",
    "tokens",
    "call",
    "credentials",
    "session",
    "diagnosis",
    "list",
    "parts",
    "delete",
    "objects",
    "copy",
    "store",
  ],
  testing: ["time", "random", "faults", "conformance", "http", "service"],
  fs: [
    "names",
    "files",
    "tree",
    "list",
    "read",
    "write",
    "upload",
    "whole",
    "store",
    "doctor",
    ".",
    "testing",
  ],
  azure: [
    "names",
    "config",
    "uris",
    "errors",
    "client",
    "credentials",
    "control",
    "presign",
    "blocks",
    "objects",
    "write",
    "list",
    "delete",
    "copy",
    "namespace",
    "store",
    "containers",
    "doctor",
    ".",
    "testing",
  ],
  gcs: [
    "names",
    "config",
    "uris",
    "errors",
    "credentials",
    "client",
    "control",
    "presign",
    "objects",
    "delete",
    "write",
    "list",
    "copy",
    "store",
    "buckets",
    "doctor",
    ".",
    "testing",
  ],
  s3: [
    "errors",
    "traits",
    "config",
    "headers",
    "sigv4",
    "endpoint",
    "credentials",
    "wire",
    "sdk",
    "list",
    "objects",
    "conditions",
    "upload",
    "copy",
    "delete",
    "probe",
    "presign",
    "store",
    "buckets",
    "doctor",
    ".",
    "testing",
  ],
  formats: [
    "errors",
    "binary",
    "source",
    "array",
    "table",
    "registry",
    "text",
    "npy",
    "npz",
    "safetensors",
    "example",
    "tfrecord",
    "tar",
    "webdataset",
    "parquet",
    "csv",
    "jsonl",
    "arrow",
    "zarr",
    "hdf5",
    "formats",
    "index",
    "convert",
    ".",
    "testing",
  ],
  loader: [
    "order",
    "world",
    "state",
    "stats",
    "datasets",
    "manifest",
    "open",
    "pool",
    "readers",
    "config",
    "workers",
    "loader",
    "pack",
    "arrow",
    ".",
    "testing",
  ],
  tfjs: ["values", "tensors", "dataset", ".", "testing"],
  checkpoint: [
    "errors",
    "json",
    "keys",
    "boxes",
    "record",
    "manifest",
    "series",
    "save",
    "verify",
    "load",
    "raw",
    "export",
    "foreign",
    "retention",
    "copy",
    "open",
    ".",
    "testing",
  ],
  transfer: [
    "places",
    "endpoints",
    "names",
    "filter",
    "shard",
    "limit",
    "limits",
    "merge",
    "sums",
    "compare",
    "journal",
    "plan",
    "execute",
    "sync",
    "saved",
    "check",
    "jobs",
    "sweep",
    ".",
    "testing",
  ],
  workload: ["rows", "errors", "histogram", "record", "read", "sort", "analyze", "replay", ".", "testing"],
  lade: ["removal", "transfers"],
  cli: [
    "output",
    "values",
    "syntax",
    "command",
    "messages",
    "progress",
    "places",
    "transfer",
    "formats",
    "loader",
    "checkpoint",
    "oplog",
    "replay",
    "run",
    "commands",
    "program",
  ],
};

/** Checks that no module imports from a folder above its own, and that every folder has its place. */
export function checkLayers(graph: ModuleGraph, layers: Layers): string[] {
  const breaches = new Set<string>();
  for (const [module, imports] of graph) {
    const from = roomOf(module);
    const order = layers[from.name];
    if (!order) continue;
    const place = placeIn(order, from.folder);
    if (place < 0) {
      breaches.add(`packages/${from.name}/${from.folder}: has no place in tools/checks/layers.ts`);
    }
    for (const imported of imports) {
      if (!graph.has(imported)) continue;
      const to = roomOf(imported);
      if (to.name !== from.name || to.folder === from.folder) continue;
      if (place < placeIn(order, to.folder)) {
        breaches.add(
          `${module}: imports ${imported}, from the folder ${to.folder || "of the package"} above its own`,
        );
      }
    }
  }
  return [...breaches];
}

function roomOf(module: string): { readonly name: string; readonly folder: string } {
  const [, name = "", ...path] = module.split("/");
  return { name, folder: path.length > 1 ? path[0] ?? "" : "" };
}

function placeIn(order: readonly string[], folder: string): number {
  const place = order.indexOf(folder === "" ? "." : folder);
  return folder === "" && place < 0 ? order.length : place;
}
