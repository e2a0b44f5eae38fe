/**
 * How `deno` runs the program that is built, as `deno task lade` does: with what its commands need and no more. `/bin/sh` is asked for tokens, by
 * `az login` and by the `credential_process` of a profile; whoever has the program cannot allow it later.
 */
export function runFlags(isWindows: boolean): string[] {
  return [
    "--quiet",
    "--no-config",
    "--no-prompt",
    "--unstable-lazy-dynamic-imports",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-net",
    "--allow-sys",
    isWindows ? "--allow-run=cmd.exe" : "--allow-run=/bin/sh",
  ];
}
