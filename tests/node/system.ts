/** Prints what the system of a process, and time, come to: the same on every runtime. */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { kill } from "node:process";
import { systemClock } from "@lade/core/backend";
import { errorCode, listenUnix, runtimeName, system, uncaughtErrors } from "@lade/core/system";

const root = await realpath(await mkdtemp(`${tmpdir()}/lade-`));
const bytes = (text: string) => new TextEncoder().encode(text);
const say = (...words: unknown[]) => system.stdout.writeSync(bytes(`${words.join(" ")}\n`));
const kinds = Object.entries(system.errors);
const failure = (error: unknown) =>
  kinds.filter(([, kind]) => error instanceof kind).map(([name]) => name).join() || String(error);

say("runtime", /^(?:Deno|Node) \d+\.\d+\.\d+, [\w-]+$/.test(runtimeName()));
say("arguments", system.args, "colours", !system.noColor);
say("terminals", system.stdin.isTerminal(), system.stdout.isTerminal(), system.stderr.isTerminal());
try {
  system.consoleSize();
} catch {
  say("no size");
}
system.chdir(root);
say("directory", system.cwd() === root);
say("words", system.inspect({ a: [1, true] }));

say("written", await system.stdout.write(bytes("text\n")), await system.stdout.write(bytes("")));
const input: string[] = [];
for (let count, buffer = new Uint8Array(3); (count = await system.stdin.read(buffer)) !== null;) {
  input.push(new TextDecoder().decode(buffer.subarray(0, count)));
}
say("read", input.join(""), await system.stdin.read(new Uint8Array(1)));

// Nothing else keeps the process alive meanwhile.
await systemClock.sleep(20);
say("slept");

const path = `${root}/socket`;
const listener = await listenUnix(path);
say("listens", lstatSync(path).isSocket(), readdirSync(root));
await listenUnix(path).catch((error) => say("again", /AddrInUse|AlreadyExists/.test(failure(error))));
await listenUnix(`${root}/none/socket`).catch((error) => say("nowhere", failure(error)));
const accepted = listener.accept();
const client = connect({ path, allowHalfOpen: true });
const heard: string[] = [];
client.on("data", (data) => heard.push(String(data)));
const closed = new Promise((resolve) => client.on("close", resolve));
client.end("question");
const connection = await accepted;
const buffer = new Uint8Array(100);
const asked: string[] = [];
for (let count; (count = await connection.read(buffer)) !== null;) {
  asked.push(new TextDecoder().decode(buffer.subarray(0, count)));
}
say("asked", asked.join(""), await connection.write(bytes("answer")));
connection.close();
await closed;
say("heard", heard.join(""));
rmSync(path);
const other = await listenUnix(path);
const waiting = listener.accept().then(() => "accepted", () => "closed");
listener.close();
say("waiting", await waiting, "the other", lstatSync(path).isSocket());
const gone = other.accept();
const leaver = connect(path).on("error", () => {});
const left = await gone;
leaver.destroy();
const ending = async () => {
  for (;;) await left.write(new Uint8Array(2 ** 20));
};
await ending().catch((error) => say("left", /BrokenPipe|ConnectionReset/.test(failure(error))));
left.close();
other.close();

const signalled = new Promise<void>((resolve) => {
  const listener = () => {
    system.removeSignalListener("SIGUSR2", listener);
    resolve();
  };
  system.addSignalListener("SIGUSR2", listener);
});
kill(system.pid, "SIGUSR2");
// A signal alone keeps no process alive.
await Promise.race([signalled.then(() => say("signalled")), systemClock.sleep(10_000)]);

const target = uncaughtErrors();
for (const type of ["error", "unhandledrejection"]) {
  const told = new Promise<void>((resolve) =>
    target.addEventListener(type, (event) => {
      event.preventDefault();
      const { error, reason } = event as ErrorEvent & PromiseRejectionEvent;
      say(type, error ?? reason);
      resolve();
    }, { once: true })
  );
  if (type === "error") {
    queueMicrotask(() => {
      throw new Error("thrown");
    });
  } else Promise.reject(new Error("rejected"));
  await told;
}
await system.open(`${root}/none`).catch((error) => say("error", errorCode(error)));
await rm(root, { recursive: true });
system.exit(7);
