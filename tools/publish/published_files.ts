/** Files that a user of a package has no need of: tests and what only they use, benchmarks, the record of its exports. */
const UNWANTED = /(?:_test|_bench)\.tsx?$|(?:^|\/)(?:fixtures?|testdata|bench)\/|(?:^|\/)api\.txt$/;
/** `@lade/testing` is made of such; everywhere else it is for the package's own tests. */
const TESTING = /^packages\/(?!testing\/)[^/]+\/(?:.*\/)?testing\//;
const NEEDED: readonly string[] = ["deno.json", "README.md"];

/** What is wrong with the files that a package in `folder` would be published with. */
export function fileFaults(folder: string, paths: readonly string[]): string[] {
  const faults = paths.filter((path) => UNWANTED.test(path) || TESTING.test(path))
    .map((path) => `${path} would be published`);
  for (const name of NEEDED) {
    if (!paths.includes(`${folder}/${name}`)) faults.push(`${folder}/${name} would be missing`);
  }
  // A package without one of its own gets that of the workspace.
  if (!paths.some((path) => path === "LICENSE" || path === `${folder}/LICENSE`)) {
    faults.push(`${folder} would have no LICENSE`);
  }
  return faults;
}
