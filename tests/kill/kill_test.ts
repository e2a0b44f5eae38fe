import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import type { KilledTransfer } from "./transfer_process.ts";

const PART = 64 * 1024;
/** Large enough for 20 parts, the last one short. */
const LARGE = 20 * PART - 1000;
/** Parts in flight, and reads, of the one large object. */
const WIDTH = 4;
const SMALL = 6;
const SCRIPT = new URL("./transfer_process.ts", import.meta.url).pathname;
const SEED = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

type Content = ReadonlyMap<string, Uint8Array>;

function contentOf(random: () => number): Content {
  const bytes = (length: number) => {
    const data = new Uint8Array(length);
    for (let at = 0; at < length; at++) data[at] = random() * 256;
    return data;
  };
  const names = Array.from({ length: SMALL }, (_, index) => `d/small-${index}`);
  return new Map([["large", bytes(LARGE)], ...names.map((name) => [name, bytes(200)] as const)]);
}

/** A server and directories, in which transfers are killed and run again. */
class Here implements AsyncDisposable {
  readonly fake: FakeS3;
  readonly directory: TemporaryDirectory;
  #last = 0;
  /** Processes that were killed. */
  kills = 0;
  /** How the temporary files of processes end that were killed before they had a journal. */
  readonly #forgotten: string[] = [];

  private constructor(fake: FakeS3, directory: TemporaryDirectory) {
    this.fake = fake;
    this.directory = directory;
  }

  static async start(): Promise<Here> {
    const server = { buckets: ["bucket"], minPartSize: 1, latencyMs: 2 };
    return new Here(await startFakeS3(server), await TemporaryDirectory.make());
  }

  /** A place of its own in the bucket, and one on the disk. */
  next(): { readonly key: string; readonly path: string; readonly journals: string } {
    const name = `round-${++this.#last}`;
    const path = `${this.directory.path}/${name}`;
    return { key: `${name}/`, path: `${path}/tree`, journals: `${path}/journals` };
  }

  request(operation: KilledTransfer["operation"], source: string, destination: string, journals: string) {
    const multipart = { threshold: PART, partSize: PART };
    return {
      config: {
        s3: { ...fakeConfig(this.fake), multipart, uploadConcurrency: WIDTH },
      } as KilledTransfer["config"],
      ...{ operation, source, destination, journals, resumableBytes: 4 * PART },
    };
  }

  /** Runs a transfer; killed at the `nth` request, unless that is 0. Gives its exit code and how many requests came. */
  async run(
    transfer: KilledTransfer,
    nth = 0,
  ): Promise<{ readonly code: number; readonly requests: number }> {
    const before = this.fake.requests.length;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", `--config=${config}`, SCRIPT, JSON.stringify(transfer)],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const run = () => child.kill("SIGKILL");
    if (nth > 0) this.fake.faults.add({ match: { nth, times: 1 }, action: { kind: "before", run } });
    const { code, stderr } = await child.output();
    this.fake.faults.clear();
    if (code !== 0) this.kills++;
    if (code !== 0 && (await filesBelow(transfer.journals).catch(() => [])).length === 0) {
      this.#forgotten.push(`-${child.pid}~tmp`);
    }
    assert(nth > 0 || code === 0, `exit code ${code}: ${new TextDecoder().decode(stderr)}`);
    return { code, requests: this.fake.requests.length - before };
  }

  put(prefix: string, content: Content): void {
    for (const [name, bytes] of content) this.fake.putObject("bucket", prefix + name, bytes);
  }

  async write(path: string, content: Content): Promise<void> {
    await Deno.mkdir(`${path}/d`, { recursive: true });
    for (const [name, bytes] of content) await Deno.writeFile(`${path}/${name}`, bytes);
  }

  assertUploaded(prefix: string, content: Content, why: string): void {
    for (const [name, bytes] of content) {
      assertEquals(this.fake.bytes("bucket", prefix + name), bytes, `${name}, ${why}`);
    }
    // One that had been begun, and whose name had not come back, has no part and is for nobody to find.
    const uploads = [...this.fake.bucket("bucket").uploads.values()].filter(({ key }) => !isProbe(key));
    assertEquals(uploads.filter(({ parts }) => parts.size > 0), [], why);
    assert(uploads.length <= this.kills, why);
  }

  async assertDownloaded(path: string, content: Content, why: string): Promise<void> {
    const all = await filesBelow(path);
    const names = all.filter((name) => !this.#forgotten.some((end) => name.endsWith(end)));
    assertEquals(names, [...content.keys()].sort(), why);
    for (const [name, bytes] of content) {
      assertEquals(await Deno.readFile(`${path}/${name}`), bytes, `${name}, ${why}`);
    }
  }

  async assertNoJournal(path: string, why: string): Promise<void> {
    assertEquals(await filesBelow(path).catch(() => []), [], why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}

/** By which it was being found out what the service does with conditions. */
function isProbe(key: string): boolean {
  return key.includes("/.lade-probe-");
}

async function filesBelow(path: string, below = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) names.push(...await filesBelow(`${path}/${name}`, `${below}${name}/`));
    else names.push(below + name);
  }
  return names.sort();
}

/** Kills a transfer at moments that the seed chooses, once or several times, and lets it go on. */
function killing(
  name: string,
  rounds: number,
  round: (
    here: Here,
    random: () => number,
    kill: (transfer: KilledTransfer) => Promise<number>,
    why: string,
  ) => Promise<void>,
): void {
  Deno.test(`${name} that is killed at ${rounds} moments goes on (seed ${SEED})`, async () => {
    await using here = await Here.start();
    const random = seededRandom(SEED);
    let most = 0;
    for (let index = 0; index < rounds; index++) {
      const why = `seed ${SEED}, round ${index}`;
      const kill = async (transfer: KilledTransfer) => {
        const kills = 1 + Math.floor(random() * 1.5);
        for (let count = 0; count < kills; count++) {
          const nth = 1 + Math.floor(random() * (most || 20));
          const { code, requests } = await here.run(transfer, nth);
          most = Math.max(most, requests);
          // It was done before its time had come.
          if (code === 0) return count;
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

killing("an upload", 14, async (here, random, kill, why) => {
  const { key, path, journals } = here.next();
  const content = contentOf(random);
  await here.write(path, content);
  const before = here.fake.requests.length;
  const kills = await kill(here.request("cp", `${path}/`, `s3://bucket/${key}`, journals));
  here.assertUploaded(key, content, why);
  await here.assertNoJournal(journals, why);
  const requests = here.fake.requests.slice(before).filter((request) => request.key === `${key}large`);
  const sent = requests.filter(({ operation }) => operation === "UploadPart").reduce(
    (sum, { bytesReceived }) => sum + bytesReceived,
    0,
  );
  const completed = requests.filter(({ operation }) => operation === "CompleteMultipartUpload").length;
  // One that was killed when its object had just been made is made once more.
  if (completed <= 1) {
    assert(sent <= LARGE * 1.02 + kills * WIDTH * PART * 1.02, `${sent} bytes for ${LARGE}, ${why}`);
  }
});

killing("a download", 12, async (here, random, kill, why) => {
  const { key, path, journals } = here.next();
  const content = contentOf(random);
  here.put(key, content);
  await kill(here.request("cp", `s3://bucket/${key}`, `${path}/`, journals));
  await here.assertDownloaded(path, content, why);
  await here.assertNoJournal(journals, why);
});

killing("a copy by the service", 6, async (here, random, kill, why) => {
  const { key, journals } = here.next();
  const content = contentOf(random);
  here.put(key, content);
  await kill(here.request("cp", `s3://bucket/${key}`, `s3://bucket/copy-${key}`, journals));
  here.assertUploaded(`copy-${key}`, content, why);
  await here.assertNoJournal(journals, why);
});

killing("a move", 8, async (here, random, kill, why) => {
  const { key, path, journals } = here.next();
  const content = contentOf(random);
  here.put(key, content);
  await kill(here.request("mv", `s3://bucket/${key}`, `${path}/`, journals));
  await here.assertDownloaded(path, content, why);
  for (const name of content.keys()) assertEquals(here.fake.object("bucket", key + name), undefined, why);
  await here.assertNoJournal(journals, why);
});

killing("a synchronization", 10, async (here, random, kill, why) => {
  const { key, path, journals } = here.next();
  const content = contentOf(random);
  await here.write(path, content);
  await kill(here.request("sync", `${path}/`, `s3://bucket/${key}`, journals));
  here.assertUploaded(key, content, why);
  await here.assertNoJournal(journals, why);
});
