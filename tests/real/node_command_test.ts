import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../packages/cli/deno.json" with { type: "json" };
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { BothRuntimes, lacking, type OfEach } from "./both_runtimes.ts";

const ignore = lacking !== undefined;
const why = ignore ? ` (skipped: ${lacking})` : "";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore, fn });
}

const MEBI = 2 ** 20;

/** Bytes that no compression makes nothing of. */
function bytesOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, word = 1; at < length; at++) bytes[at] = word = (word * 75 + 74) % 65537;
  return bytes;
}

const FILES = {
  "in/a.txt": "hello\n",
  "in/b.bin": bytesOf(3 * MEBI),
  "in/empty": "",
  "in/sub/c.txt": "deep\n".repeat(100),
  "in/sub/ä x.txt": "umlaut",
  "rows.jsonl": Array.from({ length: 50 }, (_, i) => `{"a":${i},"t":"x${i}"}\n`).join(""),
  "names": "a.txt\nsub/c.txt\n",
  "lines": "# note\ncp in/a.txt run/1\nls in/sub\n",
  "length.mjs": "export default (bytes) => new Uint8Array([bytes.length]);\n",
};

interface Line {
  readonly line: string;
  readonly stdin?: string;
  readonly code?: number;
}

/** Command lines, one after the other in one directory, and the codes that they end with. */
async function runLines(
  both: BothRuntimes,
  lines: readonly (string | Line)[],
  env?: OfEach<Record<string, string>>,
) {
  for (const each of lines) {
    const { line, stdin = "", code = 0 } = typeof each === "string" ? { line: each } : each;
    const anyOrder = / -r\b|^sync|^run lines/.test(line);
    const outcome = await both.same(line.split(" ").filter(Boolean), {
      stdin,
      anyOrder,
      ...(env && { env }),
    });
    assertEquals(outcome.code, code, `${line}: ${outcome.stderr}`);
  }
}

test("lade on Node tells its version and its runtime", async () => {
  await using both = await BothRuntimes.make();
  for (const args of [["--version"], ["-V"], ["--version", "--quiet"]]) {
    const { code, stdout, stderr } = await both.run("node", args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^lade \S+ \([^)]+, Node \d+\.\d+\.\d+, [a-z0-9]+-[a-z0-9]+\)\n$/);
    assert(stdout.startsWith(`lade ${config.version} (`), stdout);
  }
});

test("lade on Node prints on local files what it prints on Deno, and leaves the same", async () => {
  await using both = await BothRuntimes.make(FILES);
  await runLines(both, [
    "--help",
    "cp --help",
    "completion bash",
    "man sync",
    "ls -r in",
    "ls in/",
    "tree in",
    "du in",
    "find in --include *.txt",
    "cat in/a.txt in/sub/c.txt",
    "cp in/b.bin one",
    "check in/b.bin one",
    "mv one two",
    "cp -r in copy",
    "cp -r --include *.txt in some",
    "cp -r --files-from names in named",
    { line: "cp -r --files-from - in piped", stdin: "a.txt\n" },
    "sync in copy",
    "sync --delete in/sub copy",
    "cp -r in deep/er",
    "check -r in deep/er",
    "rm two",
    "rm -r copy",
    { line: "put - written", stdin: "from standard input" },
    { line: "pipe also", stdin: "from standard input" },
    { line: "pipe nothing", stdin: "" },
    "cat written",
    "hash in/a.txt in/b.bin",
    "hash -t md5 -r in",
    "hash -t crc64nvme in/sub/c.txt",
    "cp in/a.txt direct-in",
    "cp direct://ROOT/in/b.bin direct-out",
    "jobs list",
    "run lines",
    { line: "run -", stdin: "ls in/sub\n" },
    "show rows.jsonl",
    "head -n 3 rows.jsonl",
    "verify rows.jsonl",
    "convert rows.jsonl rows.csv",
    "convert rows.jsonl rows.arrow",
    "convert rows.jsonl rows.tfrecord",
    "verify rows.tfrecord",
    "index rows.tfrecord",
    "loader plan rows.tfrecord --batch-size 8 --shuffle full",
    "loader stream rows.tfrecord --batch-size 8 --shuffle full",
    "loader stream rows.tfrecord --batch-size 8 --transform length.mjs",
    "presign --help",
  ]);
  const files = await both.sameFiles();
  assertEquals(files["written"], "from standard input");
  assertEquals(files["direct-out"]?.length, files["in/b.bin"]?.length);
});

test("lade on Node refuses what it refuses on Deno, by the same words and codes", async () => {
  await using both = await BothRuntimes.make(FILES);
  const before = await both.sameFiles();
  await runLines(both, [
    { line: "", code: 2 },
    { line: "no-such-command", code: 2 },
    { line: "cp in/a.txt", code: 2 },
    { line: "ls --no-such-option", code: 2 },
    { line: "cp in/a.txt b --max-size x", code: 2 },
    { line: "cat -", code: 2 },
    { line: "cp --config s3.no=1 in/a.txt x", code: 2 },
    { line: "cp none x", code: 1 },
    { line: "rm none", code: 1 },
    { line: "ls none", code: 1 },
    { line: "cat in", code: 1 },
    { line: "cp -r in in/sub", code: 1 },
    { line: "rm in", code: 1 },
    { line: "rm -r .", code: 1 },
    { line: "hash none", code: 1 },
    { line: "verify in/b.bin", code: 1 },
    { line: "check in/a.txt in/empty", code: 1 },
    { line: "mv in/a.txt in/a.txt", code: 1 },
    { line: "run lines-none", code: 1 },
    { line: "loader run rows.jsonl --transform none.ts", code: 2 },
    { line: "loader stream rows.jsonl --listen unix:in/a.txt", code: 1 },
    { line: "jobs resume none", code: 1 },
  ]);
  assertEquals(await both.sameFiles(), before);
});

test("lade on Node compresses and decompresses, records and replays", async () => {
  await using both = await BothRuntimes.make({ ...FILES, large: bytesOf(20 * MEBI) });
  await runLines(both, ["cp --zstd 3 large large.zst", "cp --decompress large.zst back", "check large back"]);
  for (const runtime of ["deno", "node"] as const) {
    const run = async (line: string) => {
      const outcome = await both.run(runtime, line.split(" "));
      assertEquals([outcome.code, outcome.stderr], [0, ""], `${runtime}: ${line}`);
      return outcome.stdout;
    };
    await run("cat in/a.txt --op-log log.zst");
    assertMatch(await run("oplog cat log.zst"), / GET .*\/in\/a\.txt/);
    assertMatch(await run("replay log.zst --read-only --asap"), /./);
    assertMatch(await run("loader run rows.jsonl --batch-size 8"), /^epoch/);
  }
});

for (
  const { scheme, place, start } of [
    {
      scheme: "s3",
      place: "s3://photos",
      start: async () => {
        const fake = await startFakeS3({ buckets: ["photos"] });
        const env = {
          AWS_ACCESS_KEY_ID: fake.accessKeyId,
          AWS_SECRET_ACCESS_KEY: fake.secretAccessKey,
          AWS_ENDPOINT_URL: fake.url,
          AWS_REGION: "us-east-1",
        };
        return { fake, env };
      },
    },
    {
      scheme: "az",
      place: "az://photos",
      start: async () => {
        const fake = await startFakeAzure({ containers: ["photos"] });
        return { fake, env: { AZURE_STORAGE_CONNECTION_STRING: fake.connectionString } };
      },
    },
    {
      scheme: "gs",
      place: "gs://photos",
      start: async () => {
        const fake = await startFakeGcs({ buckets: ["photos"], allowsAnonymous: true });
        return { fake, env: { STORAGE_EMULATOR_HOST: fake.url } };
      },
    },
  ]
) {
  test(`lade on Node does with ${scheme}:// what it does on Deno`, async () => {
    await using both = await BothRuntimes.make({ ...FILES, large: bytesOf(20 * MEBI) });
    const [deno, node] = [await start(), await start()];
    await using _deno = deno.fake;
    await using _node = node.fake;
    await runLines(both, [
      `put in/a.txt ${place}/a.txt`,
      `put -r in ${place}/in/`,
      `cp large ${place}/large`,
      { line: `pipe ${place}/piped`, stdin: "piped" },
      `ls ${place}`,
      `ls -r ${place}`,
      `du ${place}`,
      `cat ${place}/a.txt ${place}/piped`,
      `get ${place}/large got`,
      `get -r ${place}/in/ below`,
      `check -r in ${place}/in/`,
      `sync in ${place}/in/`,
      `sync --delete in/sub ${place}/in/`,
      `hash ${place}/large`,
      `cp ${place}/a.txt ${place}/copied`,
      `mv ${place}/copied ${place}/moved`,
      `cp --zstd 3 rows.jsonl ${place}/rows.jsonl.zst`,
      `cp --decompress ${place}/rows.jsonl.zst rows.back`,
      `show ${place}/rows.jsonl.zst`,
      { line: `cat ${place}/none`, code: 1 },
      { line: `ls ${place}none`, code: 1 },
      { line: `rm ${place}/none`, code: 1 },
      { line: `rm ${place}/in`, code: 1 },
      `rm ${place}/moved`,
      `rm -r ${place}/in/`,
      `ls -r ${place}`,
      `rm -r --all ${place}`,
      `ls ${place}`,
    ], { deno: deno.env, node: node.env });
    const files = await both.sameFiles();
    assertEquals([files["got"] === files["large"], files["rows.back"] === files["rows.jsonl"]], [true, true]);
    assertEquals(files["below/sub/c.txt"], files["in/sub/c.txt"]);
  });
}

test("lade on Node refuses what is Deno's alone", async () => {
  await using both = await BothRuntimes.make(FILES);
  await using fake = await startFakeS3({ buckets: ["photos"] });
  const env = { AWS_ENDPOINT_URL: fake.url, AWS_REGION: "us-east-1" };
  const run = async (line: string, more: Readonly<Record<string, string>> = {}) => {
    const args = [...line.split(" "), "--no-sign-request"];
    const { code, stdout, stderr } = await both.run("node", args, { env: { node: { ...env, ...more } } });
    assertEquals([code, stdout], [1, ""], line);
    return stderr.replaceAll(fake.url, "URL");
  };
  const get = "get s3://photos/a x";
  assertEquals(
    await run(`${get} --config s3.transport=tcp`),
    "lade: Cannot use the transport tcp, which has the sockets of Deno; fetch goes everywhere\n",
  );
  assertEquals(
    await run(`${get} --no-verify-ssl`, { AWS_ENDPOINT_URL: "https://127.0.0.1:9" }),
    "lade: Cannot leave certificates unverified by fetch: they are always verified there; " +
      "name the authority's in NODE_EXTRA_CA_CERTS\n",
  );
  assertEquals(
    await run(get, { HTTP_PROXY: "http://127.0.0.1:9" }),
    'lade: Cannot get "s3://photos/a": the environment names a proxy for it, which Node goes through where ' +
      "NODE_USE_ENV_PROXY=1 is set; set that, or go round the proxy (NO_PROXY), at URL\n",
  );
  assertEquals(fake.requests.length, 0);
  assertEquals(
    await run("loader stream rows.jsonl --shared-memory --listen unix:socket"),
    "lade: Cannot share memory: Deno is needed, whose calls of the system make it\n",
  );
  assertEquals(
    await run("loader run rows.jsonl --transform length.mjs --workers 2"),
    "lade: Cannot load with 2 workers: this runtime has no Worker; leave pool.workers out\n",
  );
});
