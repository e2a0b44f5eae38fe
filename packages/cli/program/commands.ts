import type { Command } from "../command/command.ts";

const LOAD = {
  ls: async () => (await import("../commands/ls.ts")).ls,
  stat: async () => (await import("../commands/stat.ts")).stat,
  cat: async () => (await import("../commands/cat.ts")).cat,
  get: async () => (await import("../commands/get.ts")).get,
  put: async () => (await import("../commands/put.ts")).put,
  cp: async () => (await import("../commands/cp.ts")).cp,
  sync: async () => (await import("../commands/sync.ts")).sync,
  mv: async () => (await import("../commands/mv.ts")).mv,
  rm: async () => (await import("../commands/rm.ts")).rm,
  check: async () => (await import("../commands/check.ts")).check,
  hash: async () => (await import("../commands/hash.ts")).hash,
  du: async () => (await import("../commands/du.ts")).du,
  find: async () => (await import("../commands/find.ts")).find,
  tree: async () => (await import("../commands/tree.ts")).tree,
  show: async () => (await import("../commands/show.ts")).show,
  head: async () => (await import("../commands/head.ts")).head,
  convert: async () => (await import("../commands/convert.ts")).convert,
  index: async () => (await import("../commands/index.ts")).index,
  verify: async () => (await import("../commands/verify.ts")).verify,
  loader: async () => (await import("../commands/loader.ts")).loader,
  checkpoint: async () => (await import("../commands/checkpoint.ts")).checkpoint,
  mb: async () => (await import("../commands/mb.ts")).mb,
  rb: async () => (await import("../commands/rb.ts")).rb,
  run: async () => (await import("../commands/run.ts")).run,
  sweep: async () => (await import("../commands/sweep.ts")).sweep,
  pipe: async () => (await import("../commands/pipe.ts")).pipe,
  presign: async () => (await import("../commands/presign.ts")).presign,
  doctor: async () => (await import("../commands/doctor.ts")).doctor,
  jobs: async () => (await import("../commands/jobs.ts")).jobs,
  oplog: async () => (await import("../commands/oplog.ts")).oplog,
  replay: async () => (await import("../commands/replay.ts")).replay,
  bench: async () => (await import("../commands/bench.ts")).bench,
  workload: async () => (await import("../commands/workload.ts")).workload,
  man: async () => (await import("../commands/man.ts")).man,
} as const satisfies Readonly<Record<string, () => Promise<Command>>>;

/** The name of a command. */
export type CommandName = keyof typeof LOAD;

/** The names of the commands, in the order of the help. */
export const COMMAND_NAMES = Object.keys(LOAD) as readonly CommandName[];

/** Whether a word is the name of a command. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(LOAD, word);
}

/** Other names of commands, which another program has for the same: they are taken, and not listed. */
export const ALIASES: Readonly<Record<string, CommandName>> = { upload: "put", download: "get" };

/** The command line with the command's own name in place of another one. */
export function withOwnName(args: readonly string[]): readonly string[] {
  const at = args.findIndex((arg) => isCommandName(arg) || Object.hasOwn(ALIASES, arg));
  const own = ALIASES[args[at] ?? ""];
  return own === undefined ? args : args.with(at, own);
}

/** Loads a command, without the code that runs it. */
export async function loadCommand(name: CommandName): Promise<Command> {
  return await LOAD[name]();
}
