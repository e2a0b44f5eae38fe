import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import type { KilledService } from "./killed_service.ts";
import type { KilledTransfer } from "./transfer_process.ts";

const SCRIPT = fileURLToPath(new URL("./transfer_process.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
/** What a command is given: none of these opens `/proc`. */
const PERMISSIONS = ["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"];
const SMALL = 6;

/** What makes all that is chosen at random. */
export const SEED = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

/** The bytes of objects by name. */
export type Content = ReadonlyMap<string, Uint8Array>;

/** One large object of so many bytes, and some small ones. */
export function contentOf(random: () => number, large: number): Content {
  const bytes = (length: number) => {
    const words = new Uint32Array(Math.ceil(length / 4));
    let state = Math.floor(random() * 2 ** 32);
    for (let at = 0; at < words.length; at++) {
      state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0;
      words[at] = state;
    }
    return new Uint8Array(words.buffer, 0, length);
  };
  const names = Array.from({ length: SMALL }, (_, index) => `d/small-${index}`);
  return new Map([["large", bytes(large)], ...names.map((name) => [name, bytes(200)] as const)]);
}

/** A service and directories, in which transfers are killed and run again. */
export class Here implements AsyncDisposable {
  readonly service: KilledService;
  readonly directory: TemporaryDirectory;
  #last = 0;
  /** Processes that were killed. */
  kills = 0;
  /** The connections, of all, on which killed processes were reading a large object. */
  readonly #reading = new Set<number>();
  /** How the temporary files of processes end that were killed before they had a journal. */
  readonly #forgotten: string[] = [];

  private constructor(service: KilledService, directory: TemporaryDirectory) {
    this.service = service;
    this.directory = directory;
  }

  static async start(service: Promise<KilledService>): Promise<Here> {
    return new Here(await service, await TemporaryDirectory.make());
  }

  /** A place of its own in the container, and one on the disk. */
  next(): { readonly key: string; readonly path: string; readonly journals: string } {
    const name = `round-${++this.#last}`;
    const path = `${this.directory.path}/${name}`;
    return { key: `${name}/`, path: `${path}/tree`, journals: `${path}/journals` };
  }

  request(
    operation: KilledTransfer["operation"],
    source: string,
    destination: string,
    journals: string,
    more: Pick<KilledTransfer, "conversion"> = {},
  ): KilledTransfer {
    const { config, partSize } = this.service;
    return { config, operation, source, destination, journals, resumableBytes: 4 * partSize, ...more };
  }

  /** Runs a transfer; killed at the `nth` request, unless that is 0. Gives its exit code and how many requests came. */
  async run(
    transfer: KilledTransfer,
    nth = 0,
    within?: string,
  ): Promise<{ readonly code: number; readonly requests: number; readonly stderr: string }> {
    const { service } = this;
    const before = service.requests.length;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt", `--config=${CONFIG}`, ...PERMISSIONS],
        ...[SCRIPT, JSON.stringify(transfer)],
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (nth > 0) service.killAt(nth, () => child.kill("SIGKILL"), within);
    const output = await child.output();
    service.spare();
    const { code } = output;
    const stderr = new TextDecoder().decode(output.stderr);
    if (code !== 0) {
      this.kills++;
      for (const { key, method, connection } of service.requests.slice(before)) {
        if (method === "GET" && key.endsWith("large")) this.#reading.add(connection);
      }
    }
    if (code !== 0 && (await filesBelow(transfer.journals).catch(() => [])).length === 0) {
      this.#forgotten.push(`-${child.pid}~tmp`);
    }
    assert(nth > 0 || code === 0, `exit code ${code}: ${stderr}`);
    return { code, requests: service.requests.length - before, stderr };
  }

  put(prefix: string, content: Content): void {
    for (const [name, bytes] of content) this.service.put(prefix + name, bytes);
  }

  async write(path: string, content: Content): Promise<void> {
    await Deno.mkdir(`${path}/d`, { recursive: true });
    for (const [name, bytes] of content) await Deno.writeFile(`${path}/${name}`, bytes);
  }

  /** Every object is there, whatever uploads are left. */
  assertUploadedOver(prefix: string, content: Content, why = prefix): void {
    for (const [name, bytes] of content) {
      assertSame(this.service.bytes(prefix + name), bytes, `${name}, ${why}`);
    }
  }

  assertUploaded(prefix: string, content: Content, why: string): void {
    this.assertUploadedOver(prefix, content, why);
    // One that had been begun, and whose name had not come back, has no part and is for nobody to find.
    const uploads = this.service.uploads().filter(({ key }) => !isProbe(key));
    assertEquals(uploads.filter(({ parts }) => parts > 0), [], why);
    assert(uploads.length <= this.kills, why);
  }

  /** Of what was sent for the large object since `before` requests, no more was sent twice than was under way. */
  assertSentOnce(
    before: number,
    { key, size, kills, width }: {
      readonly key: string;
      readonly size: number;
      readonly kills: number;
      readonly width: number;
    },
    why: string,
  ): void {
    const { requests, sending, making, partSize } = this.service;
    const own = requests.slice(before).filter((request) => request.key === key);
    const of = (operations: RegExp) => own.filter(({ operation = "" }) => operations.test(operation));
    // One that was killed when its object had just been made is made once more.
    if (of(making).length > 1) return;
    const sent = of(sending).reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    assert(sent <= (size + kills * width * partSize) * 1.02, `${sent} bytes for ${size}, ${why}`);
    assert(sent >= size, `${sent} bytes for ${size}, ${why}`);
  }

  /** Of what came of the large object since `before` requests, no more came twice than one part per connection. */
  assertReadOnce(
    before: number,
    { key, size, partSize }: { readonly key: string; readonly size: number; readonly partSize: number },
    why: string,
  ): void {
    const own = this.service.requests.slice(before).filter((request) =>
      request.key === key && request.method === "GET"
    );
    // A read that names no end is broken off too, when it has what it is to read.
    const broken = new Set(
      own.filter(({ connection, headers }) => this.#reading.has(connection) || headers.range === undefined)
        .map(({ connection }) => connection),
    );
    const read = own.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    assert(
      read <= (size + broken.size * partSize) * 1.01,
      `${read} bytes for ${size} on ${broken.size} connections, ${why}`,
    );
  }

  async assertDownloaded(path: string, content: Content, why: string): Promise<void> {
    const all = await filesBelow(path);
    const names = all.filter((name) => !this.#forgotten.some((end) => name.endsWith(end)));
    assertEquals(names, [...content.keys()].sort(), why);
    for (const [name, bytes] of content) {
      assertSame(await Deno.readFile(`${path}/${name}`), bytes, `${name}, ${why}`);
    }
  }

  async assertNoJournal(path: string, why: string): Promise<void> {
    assertEquals(await filesBelow(path).catch(() => []), [], why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}

/** Without a list of all bytes that differ. */
function assertSame(actual: Uint8Array | undefined, expected: Uint8Array, why: string): void {
  assertEquals(actual?.length, expected.length, why);
  assert(actual?.every((byte, at) => byte === expected[at]), `other bytes: ${why}`);
}

/** By which it was being found out what the service does with conditions. */
function isProbe(key: string): boolean {
  return key.includes("/.lade-probe-");
}

/** The files below a directory, by their paths from there. */
export async function filesBelow(path: string, below = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) names.push(...await filesBelow(`${path}/${name}`, `${below}${name}/`));
    else names.push(below + name);
  }
  return names.sort();
}

/** Kills a transfer at moments that the seed chooses, once or several times, and lets it go on. */
export function killing(
  { name, rounds, service }: {
    readonly name: string;
    readonly rounds: number;
    readonly service: () => Promise<KilledService>;
  },
  round: (
    here: Here,
    random: () => number,
    kill: (transfer: KilledTransfer, isOver?: () => boolean) => Promise<number>,
    why: string,
  ) => Promise<void>,
): void {
  Deno.test(`${name} that is killed at ${rounds} moments goes on (seed ${SEED})`, async () => {
    await using here = await Here.start(service());
    const random = seededRandom(SEED);
    let most = 0;
    for (let index = 0; index < rounds; index++) {
      const why = `seed ${SEED}, round ${index}`;
      const kill = async (transfer: KilledTransfer, isOver = () => false) => {
        const kills = 1 + Math.floor(random() * 1.5);
        for (let count = 0; count < kills; count++) {
          const nth = 1 + Math.floor(random() * (most || 20));
          const { code, requests } = await here.run(transfer, nth);
          most = Math.max(most, requests);
          // It was done before its time had come.
          if (code === 0) return count;
          // Only its last word was missing.
          if (isOver()) return count + 1;
        }
        const { requests } = await here.run(transfer);
        most = Math.max(most, requests);
        return kills;
      };
      await round(here, random, kill, why);
    }
    assert(here.kills >= rounds / 2, `only ${here.kills} were killed`);
  });
}
