import type { TrackedFile } from "./tracked_files.ts";

/** Checks that all packages have one version. */
export function checkVersions(files: readonly TrackedFile[]): string[] {
  const versions = files.flatMap(({ path, text }) =>
    /^packages\/[^/]+\/deno\.json$/.test(path)
      ? [{ path, version: String((JSON.parse(text) as { version?: unknown }).version) }]
      : []
  );
  const [first] = versions;
  return versions.flatMap(({ path, version }) =>
    version === first?.version
      ? []
      : [`${path}: version ${version}, where ${first?.path} has ${first?.version}`]
  );
}
