import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/** A program that serves HTTP on a port it is told. */
export interface ServerProgram {
  /** What messages and the log file call it. */
  readonly name: string;
  /** Path of the program. */
  readonly command: string;
  /** Its arguments, for a port of 127.0.0.1 and a directory of its own, in which it runs. */
  readonly args: (port: number, directory: string) => readonly string[];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it speaks TLS. */
  readonly secure?: boolean;
  /** Where its directory is made; the system's place for temporary files by default. */
  readonly parent?: string;
}

/** A server that runs until it is disposed, or until the process that started it ends, however it does. */
export interface StartedServer extends AsyncDisposable {
  /** Its port at 127.0.0.1, chosen by the system. */
  readonly port: number;
  /** The process that has started it. */
  readonly process: number;
  /** A directory of its own; removed when it is disposed. */
  readonly directory: string;
  /** The file with what it said; kept until a server of this name is started again. */
  readonly log: string;
}

/** A fresh machine compiles what an interpreter starts for the first time. */
const READY_WITHIN_MS = 120_000;
const POLL_MS = 20;
const LOG_TAIL = 2000;

/** The shell runs the server and ends it once its own input ends: that is when this process disposes it, or dies. */
const GUARD = `log=$1; shift
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -9 $server; } 2>/dev/null &
wait $server`;

/** Starts a server and resolves once it answers. Rejects with the end of its log where it does not. */
export async function startServer(program: ServerProgram): Promise<StartedServer> {
  for (let attempt = 1;; attempt++) {
    try {
      return await start(program);
    } catch (error) {
      // Between finding a free port and the server's taking it, another process may have it.
      if (attempt === 3 || !/in use/i.test(String(error))) throw error;
    }
  }
}

async function start({ name, command, args, env, parent, secure }: ServerProgram): Promise<StartedServer> {
  await Deno.mkdir(`${SERVERS_DIRECTORY}/logs`, { recursive: true });
  const log = `${SERVERS_DIRECTORY}/logs/${name}.log`;
  await Deno.writeFile(log, new Uint8Array());
  const directory = await Deno.makeTempDir({
    prefix: `lade-${name}-`,
    ...(parent !== undefined && { dir: parent }),
  });
  const port = freePort();
  const child = new Deno.Command("sh", {
    args: ["-c", GUARD, "sh", log, command, ...args(port, directory)],
    cwd: directory,
    ...(env && { env: { ...env } }),
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    await child.stdin.close().catch(() => {});
    await child.status;
    await Deno.remove(directory, { recursive: true });
  };
  const over = new AbortController();
  const ended = child.status.then(({ code }) => {
    over.abort();
    return new Error(`it ended with code ${code}`);
  });
  const answered = answers(port, secure ?? false, over.signal);
  const failure = await Promise.race([ended, answered]);
  if (failure) await answered;
  if (!failure) return { port, process: child.pid, directory, log, [Symbol.asyncDispose]: stop };
  await stop();
  const said = (await Deno.readTextFile(log)).trim().slice(-LOG_TAIL);
  throw new Error(`Cannot start ${name}: ${failure.message}; ${log} ends with:\n${said}`);
}

/** Waits for an answer of any kind. Gives an error when there is none in time. */
async function answers(port: number, secure: boolean, over: AbortSignal): Promise<Error | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !over.aborted) {
    if (await isAnswering(port, secure)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return new Error(`no answer within ${READY_WITHIN_MS / 1000} s`);
}

async function isAnswering(port: number, secure: boolean): Promise<boolean> {
  try {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port });
    if (secure) return true;
    await socket.write(
      new TextEncoder().encode("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
    );
    return await socket.read(new Uint8Array(16)) !== null;
  } catch {
    return false;
  }
}

/** A port that nobody listens at. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
