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

/** Programs that lock what is at descriptor 3, alone or with others, and end with 1 where somebody has it. */
const PROGRAMS: readonly ((exclusive: boolean) => readonly [program: string, ...args: string[]])[] = [
  (exclusive) => ["flock", exclusive ? "-x" : "-s", "-n", "3"],
  (exclusive) => [
    "perl",
    "-e",
    "open(F, $ARGV[1], 3) or exit 2; flock(F, $ARGV[0]) or exit($!{EWOULDBLOCK} ? 1 : 2)",
    // LOCK_EX or LOCK_SH, and LOCK_NB.
    exclusive ? "6" : "5",
    "<&=",
  ],
];

/**
 * Takes the lock (`flock`) of an open file, unless somebody has it. Node has no call for that. A lock belongs to the open file,
 * which a program that is given the descriptor shares: so `flock` of util-linux takes it, or `perl` where there is none, as on
 * macOS. It is kept until the file is closed here, also by the end of this process.
 */
export async function tryFlock(fd: number, exclusive: boolean): Promise<boolean> {
  for (const programOf of PROGRAMS) {
    const code = await exitCode(fd, programOf(exclusive));
    if (code === undefined) continue;
    if (code === 0 || code === 1) return code === 0;
    throw Object.assign(new Error(`${programOf(exclusive)[0]} ended with ${code}`), { code: "ENOLCK" });
  }
  throw lacking("neither is there");
}

/** Runs a program that has a descriptor as its third; nothing where there is no such program. */
async function exitCode(fd: number, [program, ...args]: readonly [string, ...string[]]) {
  const { spawn } = nodeModule("node:child_process") as NodeModules["node:child_process"];
  try {
    return await new Promise<number | null>((resolve, reject) =>
      spawn(program, args, { stdio: ["ignore", "ignore", "ignore", fd] }).on("error", reject).on(
        "close",
        resolve,
      )
    );
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (errorCode(error) === "ERR_ACCESS_DENIED") throw lacking("it may run neither (--allow-child-process)");
    throw error;
  }
}

function lacking(why: string): Error {
  const message = `Node locks files by the program flock or perl, and ${why}`;
  return Object.assign(new Error(message), { code: NO_PROGRAM });
}
