import type { TrackedFile } from "./tracked_files.ts";

/** Which packages a package may import, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  codec: [],
  core: ["codec"],
  service: ["codec", "core"],
  testing: ["codec", "core", "service"],
  fs: ["codec", "core", "service"],
  s3: ["codec", "core", "service"],
  azure: ["codec", "core", "service"],
  gcs: ["codec", "core", "service"],
  formats: ["codec", "core"],
  transfer: ["codec", "core"],
  loader: ["codec", "core", "formats"],
  checkpoint: ["codec", "core", "formats"],
  workload: ["codec", "core"],
  tfjs: ["core", "formats", "loader"],
  lade: [
    "codec",
    "core",
    "service",
    "formats",
    "loader",
    "checkpoint",
    "transfer",
    "fs",
    "s3",
    "azure",
    "gcs",
  ],
  cli: ["codec", "core", "service", "formats", "loader", "checkpoint", "transfer", "workload", "lade"],
};

/** Which npm packages a package, or a folder of one, may import. */
const ALLOWED_NPM: Readonly<Record<string, readonly string[]>> = {
  "testing/conformance": ["fast-check"],
  s3: ["@aws-sdk/client-s3", "@aws-sdk/credential-provider-ini"],
  azure: ["@azure/storage-blob", "@azure/identity"],
  gcs: ["@google-cloud/storage", "google-auth-library"],
  cli: ["@optique/core"],
  tfjs: ["@tensorflow/tfjs-core", "@tensorflow/tfjs-data"],
  "workload/spec": ["js-yaml"],
  "formats/zarr": ["numcodecs"],
  "formats/hdf5": ["h5wasm"],
  "formats/parquet": ["hyparquet", "hysnappy"],
};

const BACKENDS = ["fs", "s3", "azure", "gcs"];
const STATIC = /^(?:(?:import|export)\s[^;"'`]*?\sfrom|import)\s*"([^"\n]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"\n]+)"/g;

/** Checks the imports of one file of `packages/`; other files may import anything. */
export function checkImports({ path, text }: TrackedFile): string[] {
  const [, name, file] = /^packages\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (name === undefined || file === undefined) return [];
  const allowed = ALLOWED[name];
  if (!allowed) return [`${path}: package ${name} is not known to tools/checks/imports.ts`];
  // A folder of that name is published by no package.
  const test = file.endsWith("_test.ts") || file.startsWith("testing/");
  return importsOf(text).flatMap(({ specifier, dynamic }) => {
    const fault = faultOf(name, file, allowed, specifier, dynamic, test);
    return fault === undefined ? [] : [`${path}: imports ${specifier}: ${fault}`];
  });
}

function faultOf(
  name: string,
  file: string,
  allowed: readonly string[],
  specifier: string,
  dynamic: boolean,
  test: boolean,
): string | undefined {
  if (specifier.startsWith(".")) {
    const depth = file.split("/").length - 1;
    const up = specifier.split("/").filter((part) => part === "..").length;
    return up > depth && !test ? "it leaves the package" : undefined;
  }
  if (specifier.startsWith("node:") || test) return undefined;
  const lade = /^@lade\/([^/]+)/.exec(specifier)?.[1];
  if (lade !== undefined) {
    if (lade !== name && !allowed.includes(lade)) {
      return `${name} may import only ${allowed.join(", ") || "nothing"}`;
    }
    if (name === "lade" && BACKENDS.includes(lade) && !dynamic && !specifier.endsWith("/settings")) {
      return "a backend is loaded on first use, by import()";
    }
    return undefined;
  }
  if (specifier.startsWith("@std/")) return "published code imports no @std";
  const npm = ALLOWED_NPM[`${name}/${file.split("/")[0]}`] ?? ALLOWED_NPM[name] ?? [];
  return npm.some((known) => specifier === known || specifier.startsWith(`${known}/`))
    ? undefined
    : `${name} may import only ${npm.join(", ") || "no npm package"}`;
}

/** The module specifiers of a file, comments left out. */
export function importsOf(text: string): { specifier: string; dynamic: boolean }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [
    ...[...code.matchAll(STATIC)].map(([, specifier = ""]) => ({ specifier, dynamic: false })),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier = ""]) => ({ specifier, dynamic: true })),
  ];
}
