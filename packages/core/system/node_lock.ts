import { nodeModule, type NodeModules } from "@lade/codec/node";
import { errorCode } from "./error_code.ts";

/** The code of the error where no program is there that locks. */
const NO_PROGRAM = "ENOFLOCK";

/** Codes of what a lock fails with where there are none. */
const NO_LOCKS = new Set(["ENOSYS", "EOPNOTSUPP", "ENOTSUP", "ENOLCK", "EBADF", NO_PROGRAM]);

/** Why a file cannot be locked at all, in words; nothing where that is not what an error of `tryLock` says. */
export function whyNoLocks(error: unknown): string | undefined {
  const code = errorCode(error) ?? "";
  if (!NO_LOCKS.has(code)) return undefined;
  return code === NO_PROGRAM ? (error as Error).message : "the file system has no locks (flock)";
}

/** What is at descriptor 3 is locked, alone or with others: 1 where somebody has it. */
const PROGRAMS: readonly ((exclusive: boolean) => readonly [program: string, ...args: string[]])[] = [
  (exclusive) => ["flock", exclusive ? "-x" : "-s", "-n", "3"],
  (exclusive) => [
    "perl",
    "-e",
    `open(F, "+<&=3") or open(F, "<&=3") or die $!; flock(F, ${
      exclusive ? 6 : 5
    }) or exit($!{EWOULDBLOCK} ? 1 : die $!)`,
  ],
];

/**
 * Takes the lock (`flock`) of an open file, unless somebody has it. Node has no call for that. A lock belongs to the open file,
 * which a program that is given the descriptor shares: so `flock` of util-linux takes it, or `perl` where there is none, as on
 * macOS. It is kept until the file is closed here, also by the end of this process.
 */
export async function tryFlock(fd: number, exclusive: boolean): Promise<boolean> {
  const { spawn } = nodeModule("node:child_process") as NodeModules["node:child_process"];
  for (const programOf of PROGRAMS) {
    const [program, ...args] = programOf(exclusive);
    const code = await new Promise<number | null | undefined>((resolve, reject) =>
      spawn(program, args, { stdio: ["ignore", "ignore", "ignore", fd] })
        .on(
          "error",
          (error) => "code" in error && error.code === "ENOENT" ? resolve(undefined) : reject(error),
        )
        .on("close", (code) => resolve(code))
    );
    if (code === undefined) continue;
    if (code === 0 || code === 1) return code === 0;
    throw Object.assign(new Error(`${program} cannot lock it, it ended with ${code}`), { code: "ENOLCK" });
  }
  throw Object.assign(new Error("Node locks files by the program flock or perl, and neither is there"), {
    code: NO_PROGRAM,
  });
}
