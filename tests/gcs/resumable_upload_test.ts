import { fileURLToPath } from "node:url";
import { setImmediate } from "node:timers/promises";
import { assert, assertEquals } from "@std/assert";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { seededRandom } from "@lade/testing";
import type { FaultAction } from "@lade/testing/http";
import { fillPart } from "./fill_part.ts";
import { SENDING, type SessionBench, sessionBench } from "./session_bench.ts";

const CHUNK = 2 ** 20;
const SIZE = 300 * CHUNK;
const BREAKS = 50;
const SEED = 7;

/** What happens to the chunk that has a moment's byte. */
const ACTIONS: readonly ((within: number) => FaultAction)[] = [
  (within) => ({ kind: "cut-request", afterBytes: within, how: "rst" }),
  () => ({ kind: "status", status: 503, afterBody: true }),
  () => ({ kind: "drop-answer", how: "rst" }),
];

Deno.test("a resumable upload of 300 MiB that breaks at 50 moments ends right and sends a chunk again at most each time", async () => {
  const config = { partSize: CHUNK, threshold: CHUNK, chunkSize: CHUNK };
  // Bytes are summed and dropped.
  await using bench = await sessionBench({
    chunkSize: CHUNK,
    config,
    server: { chunkUnit: 2 ** 18, settings: { discard: true }, maxMd5Size: 0 },
  });
  const { fake, chunks } = bench;
  const random = seededRandom(SEED);
  const kills: Promise<void>[] = [];
  let child: Deno.ChildProcess | undefined;
  for (let i = 0; i < BREAKS; i++) {
    const moment = Math.floor(random() * (SIZE - CHUNK));
    const match = {
      operation: SENDING,
      where: (request: { headers: Record<string, string> }) => has(request, moment),
    };
    const [which, turns] = [Math.floor(random() * (ACTIONS.length + 1)), Math.floor(random() * 20)];
    const action = ACTIONS[which];
    if (action) {
      fake.faults.add({ match, action: action(moment % CHUNK) });
      continue;
    }
    const stall = fake.faults.add({ match, action: { kind: "stall", at: turns % 2 ? "answer" : "request" } });
    kills.push(stall.reached.then(async () => {
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      child?.kill("SIGKILL");
      await child?.status;
      stall.release();
    }));
  }
  assert(kills.length > 5 && kills.length < 25, `${kills.length} kills`);

  let token: string | undefined;
  let processes = 0;
  for (let last = ""; last === "";) {
    child = upload(fake.url, token);
    processes++;
    const lines = (await new Response(child.stdout).text()).trim().split("\n");
    const { success } = await child.status;
    token ??= lines[0];
    assert(success || processes <= kills.length, "a process failed by itself");
    if (success) last = lines[1] ?? "";
    // What the dead process had sent is taken or thrown away first.
    while (fake.underWay > 0) await setImmediate();
    if (last !== "") assertEquals(last, sumOfAll());
  }
  assertEquals(processes, kills.length + 1);
  assertEquals(fake.object("bucket", "object")?.crc32c, sumOfAll());
  assertEquals([fake.sessions.size, fake.unfinished("bucket")], [1, 0]);

  for (const { first, stored } of chunks) assertEquals(first, stored, "bytes were sent that the service had");
  const again = sentAgain(bench);
  assert(again.every((bytes) => bytes <= CHUNK), `${Math.max(...again)} bytes were sent again`);
  assert(again.length > 20 && again.length <= BREAKS, `after ${again.length} breaks bytes were sent again`);
});

function upload(url: string, token: string | undefined): Deno.ChildProcess {
  const script = fileURLToPath(new URL("./session_process.ts", import.meta.url));
  const flags = ["run", "--quiet", "--no-prompt", "--allow-all", "--no-check"];
  return new Deno.Command(Deno.execPath(), {
    args: [...flags, script, url, `${SIZE}`, `${CHUNK}`, ...(token === undefined ? [] : [token])],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Whether a request brings the byte at a place of the object. */
function has({ headers }: { readonly headers: Record<string, string> }, at: number): boolean {
  const [first, last] = spanOf(headers);
  return first <= at && at <= last;
}

/** First and last byte of a chunk; none of a request that brings none. */
function spanOf(headers: Record<string, string>): readonly [number, number] {
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(headers["content-range"] ?? "") ?? [];
  return [Number(first ?? NaN), Number(last ?? NaN)];
}

/** How many bytes of each chunk had been sent before, where there were any, be it that they never arrived. */
function sentAgain({ fake }: SessionBench): number[] {
  let sent = 0;
  return fake.requests.flatMap(({ operation, headers }) => {
    const [first, last] = spanOf(headers);
    if (!SENDING.some((name) => name === operation) || Number.isNaN(first)) return [];
    const again = Math.max(0, Math.min(sent, last + 1) - first);
    sent = Math.max(sent, last + 1);
    return again > 0 ? [again] : [];
  });
}

function sumOfAll(): string {
  let sum = 0;
  const bytes = new Uint8Array(CHUNK);
  for (let index = 0; index < SIZE / CHUNK; index++) sum = crc32c(fillPart(bytes, index), sum);
  return crc32cToBase64(sum);
}
