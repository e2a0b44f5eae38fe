import { Lade } from "../../packages/lade/mod.ts";
import type { BenchContainer } from "../bench_container.ts";
import { splitCores } from "../cores.ts";
import { compile, has, NotHereError } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";
import { BUCKET, envOf } from "./bench_server.ts";

/** What the bare server of `native/` is told. */
export interface BareServerOptions {
  /** The cores it keeps to, as `taskset` names them; all by default. */
  readonly cores?: string | undefined;
  /** Milliseconds before each answer; none by default. */
  readonly delayMs?: number;
  /** Sizes of objects of the bucket, by key. */
  readonly objects?: Readonly<Record<string, number>>;
  /** Many objects of one size: below the prefix `00000`, `00001` and so on. */
  readonly many?: readonly { readonly prefix: string; readonly count: number; readonly size: number }[];
}

/** What a server has done since it was started. */
export interface ServerCounts {
  /** Requests, those for the counts included. */
  readonly requests: number;
  /** Bytes of bodies that came. */
  readonly bytesIn: number;
  /** Bytes of objects that went. */
  readonly bytesOut: number;
  /** User and system time of the process. */
  readonly cpuSeconds: number;
}

/** The bare server, and its container. */
export interface BareServer extends BenchContainer {
  /** What it has done. */
  counts(): Promise<ServerCounts>;
}

/** Keys of no meaning: nothing is checked. */
const KEYS = { accessKeyId: "AKIABARE", secretAccessKey: "bare/secret+key" };

/**
 * Compiles and starts `native/s3_server.c`, which ends with this process however that ends. It keeps names and sizes
 * alone: what is read of an object is not what was put. Nothing where there is no C compiler.
 */
export async function startBareServer(options: BareServerOptions = {}): Promise<BareServer | undefined> {
  const workspace = await makeWorkspace();
  const program = await compile("s3_server", workspace.path);
  if (program === undefined) {
    await workspace[Symbol.asyncDispose]();
    return undefined;
  }
  const child = new Deno.Command(program, { args: argumentsOf(options), stdin: "piped", stdout: "piped" })
    .spawn();
  const reader = child.stdout.getReader();
  const port = new TextDecoder().decode((await reader.read()).value).trim();
  await reader.cancel();
  const url = `http://127.0.0.1:${port}`;
  const lade = new Lade({ config: { s3: { endpoint: url, region: "us-east-1", credentials: KEYS } } });
  return {
    url,
    root: `s3://${BUCKET}`,
    s3dlioRoot: `s3://${BUCKET}`,
    env: envOf(KEYS, url),
    lade,
    process: child.pid,
    counts: async () => await (await fetch(`${url}/-/counts`)).json(),
    async [Symbol.asyncDispose]() {
      await lade[Symbol.asyncDispose]();
      await child.stdin.close();
      await child.status;
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** The bare server as a container of a race: it and the contenders have cores of their own where there are two or more. */
export async function startBareContainer(
  options: Omit<BareServerOptions, "cores"> = {},
): Promise<BareServer> {
  const split = await has("taskset") ? splitCores() : undefined;
  const server = await startBareServer({ ...options, cores: split?.server });
  if (server === undefined) throw new NotHereError("the bare server, for which a C compiler is needed");
  return { ...server, cores: split?.client };
}

/** What the rows with the bare server say of it. */
export function bareTitle(title: string): string {
  const split = splitCores();
  const where = split ? `on core ${split.server}, contenders on ${split.client}` : "on the same core";
  return `${title}; bare server ${where}`;
}

function argumentsOf({ cores, delayMs, objects = {}, many = [] }: BareServerOptions): string[] {
  return [
    ...(cores === undefined ? [] : ["--cpus", cores]),
    ...(delayMs === undefined ? [] : ["--delay", String(delayMs)]),
    ...Object.entries(objects).flatMap(([key, size]) => ["--object", `${BUCKET}/${key}=${size}`]),
    ...many.flatMap(({ prefix, count, size }) => ["--many", `${BUCKET}/${prefix}=${count}x${size}`]),
  ];
}
