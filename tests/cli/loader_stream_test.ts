import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { BytesSource } from "@lade/formats/source";
import { valueAt } from "@lade/formats/table";
import { InterruptError } from "../../packages/cli/command/interrupt_error.ts";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { TFRECORD } from "./format_files.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const OF_SET = ["loader", "stream", "memory://m/set/"];
const SHUFFLED = [...OF_SET, "--shuffle=full", "--seed=5"];
const STREAM = [...SHUFFLED, "--batch-size=4"];

async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/set/${i}`, new Uint8Array(20_000).fill(i));
  return cli;
}

interface Streamed {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

async function stream(
  cli: CliHere,
  args: readonly string[],
  { signal, ...options }: FakeTerminalOptions & { readonly signal?: AbortSignal } = {},
): Promise<Streamed> {
  const terminal = new FakeTerminal(options);
  const code = await runCli(args, { terminal, lade: cli.lade, ...(signal && { signal }) });
  return { code, stdout: terminal.stdout.bytes, stderr: terminal.stderr.text };
}

/** The keys of each batch, and the state behind it. A stream that is cut is an error. */
async function read(bytes: Uint8Array): Promise<{ keys: unknown[][]; states: string[] }> {
  const open = () => ArrowStreamReader.open(new BytesSource(bytes, "memory://stream"));
  const [keys, states]: [unknown[][], string[]] = [[], []];
  for await (const { rows, columns: [key, value] } of (await open()).scan()) {
    assert(key && value);
    keys.push(Array.from({ length: rows }, (_, row) => valueAt(key, row)));
    for (let row = 0; row < rows; row++) {
      const bytes = valueAt(value, row) as Uint8Array;
      const id = Number(keys.at(-1)?.[row]?.toString().at(-1));
      assertEquals([bytes.length, bytes.every((byte) => byte === id)], [20_000, true]);
    }
  }
  for await (const { message } of (await open()).messages()) {
    states.push(message.metadata["lade.state"] ?? "");
  }
  return { keys, states };
}

const sorted = (keys: readonly unknown[][]) => keys.flat().map(String).sort();
const ALL = Array.from({ length: 10 }, (_, i) => `set/${i}`);

Deno.test("lade loader stream gives batches, and goes on from the state of any, as text or in a file", async () => {
  await using cli = await filled();
  const { code, stdout, stderr } = await stream(cli, STREAM);
  assertEquals([code, stderr], [0, ""]);
  const { keys, states } = await read(stdout);
  assertEquals(keys.map(({ length }) => length), [4, 4, 2]);
  assertEquals(sorted(keys), ALL);
  const [state = ""] = states;
  assertEquals(JSON.parse(state).position, 4);
  const again = await read((await stream(cli, [...STREAM, "--state", state])).stdout);
  assertEquals(again.keys, keys.slice(1));
  await cli.lade.put("memory://m/state.json", state);
  const rest: unknown[][] = [];
  for (const rank of ["0/2", "1/2"]) {
    const options = ["--state=memory://m/state.json", `--rank=${rank}`, "--batch-size=3"];
    rest.push(...(await read((await stream(cli, [...SHUFFLED, ...options])).stdout)).keys);
  }
  assertEquals(sorted([...keys.slice(0, 1), ...rest]), ALL);
  const over = await stream(cli, [...STREAM, "--state", states.at(-1) ?? ""]);
  assertEquals(await read(over.stdout), { keys: [], states: [] });
  const epochs = await read((await stream(cli, [...STREAM, "--epochs=2"])).stdout);
  assertEquals(epochs.keys.length, 6);
  const next = await read(
    (await stream(cli, [...STREAM, "--epochs=2", "--state", states.at(-1) ?? ""])).stdout,
  );
  assertEquals(next.keys, epochs.keys.slice(3));
});

Deno.test("lade loader stream fails in the middle of the stream, which then lacks its end", async () => {
  await using cli = await filled();
  assertEquals((await cli.run(["loader", "index", "memory://m/set/"])).code, 0);
  assertEquals((await cli.run(["rm", "memory://m/set/7"])).code, 0);
  const { code, stdout, stderr } = await stream(cli, [...OF_SET, "--batch-size=4"]);
  assertEquals(code, 1);
  assertMatch(stderr, /"memory:\/\/m\/set\/7"/);
  await assertRejects(() => read(stdout), Error, "ends");
  assertEquals([...stdout.slice(-4)], [255, 255, 255, 255]);
  const { keys } = await read(new Uint8Array([...stdout.slice(0, -4), ...[255, 255, 255, 255, 0, 0, 0, 0]]));
  assertEquals(keys, [ALL.slice(0, 4)]);
});

Deno.test("lade loader stream refuses what makes no sense, and says what does", async () => {
  await using cli = await filled();
  const fails = async (
    args: readonly string[],
    code: number,
    words: RegExp,
    options: FakeTerminalOptions = {},
  ) => {
    const got = await stream(cli, args, options);
    assertEquals([got.code, got.stdout.length], [code, 0], got.stderr);
    assertMatch(got.stderr, words);
  };
  await fails(STREAM, 2, /is a terminal/, { tty: true });
  await fails([...STREAM, "--listen=/tmp/a"], 2, /"\/tmp\/a" is no unix:PATH/);
  await fails([...STREAM, "--steps=3"], 2, /of lade loader run, not of stream/);
  await fails([...STREAM, "--compute-ms=3"], 2, /of lade loader run, not of stream/);
  await fails([...STREAM, "--shared-memory"], 2, /needs --listen unix:PATH/);
  await fails([...STREAM, "--state={nothing"], 2, /holds no JSON/);
  await fails([...STREAM, "--state=memory://m/set/1"], 2, /holds no JSON/);
  await fails([...STREAM, "--state={}"], 1, /version undefined, and 1 is known/);
  await fails([...STREAM, "--state=memory://m/none"], 1, /no such object/);
  await fails(["loader", "run", "memory://m/set/", "--state={}"], 2, /of stream/);
  await fails(["loader", "plan", "memory://m/set/", "--shared-memory"], 2, /--shared-memory are of stream/);
  await cli.lade.put("memory://m/commands", `lade ${STREAM.join(" ")}\n`);
  await fails(["run", "memory://m/commands"], 2, /waits for a reader/);
  const { states } = await read((await stream(cli, STREAM)).stdout);
  await fails(
    [...OF_SET, "--shuffle=full", "--seed=6", "--state", states[0] ?? ""],
    1,
    /of seed 5, and the loader has 6/,
  );
});

/** Connects once a socket is there, as long as nothing else is known. */
async function connected(path: string, running: Promise<Streamed>): Promise<Deno.UnixConn> {
  let isOver = false;
  running.finally(() => isOver = true);
  while (!isOver) {
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (error) {
      const { NotFound, ConnectionRefused } = Deno.errors;
      if (!(error instanceof NotFound || error instanceof ConnectionRefused)) throw error;
    }
  }
  throw new Error(`the command ended: ${(await running).stderr}`);
}

Deno.test("lade loader stream --listen serves one reader, and leaves no file", async () => {
  await using cli = await filled();
  await using directory = await TemporaryDirectory.make();
  const path = `${directory.path}/train.sock`;
  const running = stream(cli, [...STREAM, `--listen=unix:${path}`]);
  const connection = await connected(path, running);
  const bytes = new Uint8Array(await new Response(connection.readable).arrayBuffer());
  const { code, stdout, stderr } = await running;
  assertEquals([code, stdout.length, stderr], [0, 0, `lade: listening on unix:${path}\n`]);
  assertEquals(bytes, (await stream(cli, STREAM)).stdout);
  assertEquals([...Deno.readDirSync(directory.path)], []);
});

Deno.test({
  name: "lade loader stream --shared-memory tells where batches lie, until its reader has gone",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using cli = await filled();
    await using directory = await TemporaryDirectory.make();
    const path = `${directory.path}/train.sock`;
    const listen = `--listen=unix:${path}`;
    const whole = await read((await stream(cli, STREAM)).stdout);
    const keys: unknown[][] = [];
    const running = stream(cli, [...STREAM, listen, "--shared-memory"]);
    {
      using connection = await connected(path, running);
      for await (const line of linesOf(connection)) {
        if (line === "end") break;
        const [place = "", offset, length] = line.split(" ");
        const bytes = (await Deno.readFile(place)).slice(Number(offset), Number(offset) + Number(length));
        await connection.write(new TextEncoder().encode(`next\n${place}\n`));
        keys.push(...(await read(bytes)).keys);
      }
    }
    assertEquals(keys, whole.keys);
    assertEquals((await running).code, 0);
    // One that reads nothing and goes.
    const endless = stream(cli, [...STREAM, "--epochs=1000000", "-q", listen, "--shared-memory"]);
    (await connected(path, endless)).close();
    const { code, stderr } = await endless;
    assertEquals([code, stderr], [0, ""]);
    assertEquals([...Deno.readDirSync(directory.path)], []);
  },
});

async function* linesOf(connection: Deno.UnixConn): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1000);
  for (let length; (length = await connection.read(bytes)) !== null;) {
    text += decoder.decode(bytes.subarray(0, length));
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

Deno.test("lade loader stream --listen ends quietly when its reader has gone", async () => {
  await using cli = await filled();
  await using directory = await TemporaryDirectory.make();
  const path = `${directory.path}/train.sock`;
  const running = stream(cli, [...STREAM, "--epochs=1000000", "-q", `--listen=unix:${path}`]);
  const connection = await connected(path, running);
  await connection.read(new Uint8Array(1000));
  connection.close();
  const { code, stderr } = await running;
  assertEquals([code, stderr], [0, ""]);
  assertEquals([...Deno.readDirSync(directory.path)], []);
});

Deno.test("lade loader stream --listen never takes another file's place", async () => {
  await using cli = await filled();
  await using directory = await TemporaryDirectory.make({ file: "kept" });
  const { code, stderr } = await stream(cli, [...STREAM, `--listen=unix:${directory.path}/file`]);
  assertEquals(code, 1);
  assertMatch(stderr, /something lies there already: remove it/);
  assertEquals(await Deno.readTextFile(`${directory.path}/file`), "kept");
  const missing = await stream(cli, [...STREAM, `--listen=unix:${directory.path}/none/file`]);
  assertEquals(missing.code, 1);
  assertMatch(missing.stderr, /Cannot listen on unix:.*no such file/);
  const long = await stream(cli, [...STREAM, `--listen=unix:/tmp/${"é".repeat(60)}`]);
  assertEquals(long.code, 1);
  assertMatch(long.stderr, /has 107 bytes at most, and this one 125: name a shorter one/);
});

Deno.test("lade loader stream --listen removes its file when it is interrupted before a reader came", async () => {
  await using cli = await filled();
  await using directory = await TemporaryDirectory.make();
  const path = `${directory.path}/train.sock`;
  const controller = new AbortController();
  const watch = Deno.watchFs(directory.path);
  const running = stream(cli, [...STREAM, `--listen=unix:${path}`], { signal: controller.signal });
  // Ends, too, where no file is made: the command has failed then.
  void running.finally(() => watch.close());
  for await (const _ of watch) break;
  assertEquals((Deno.lstatSync(path).mode ?? 0) & 0o077, 0);
  controller.abort(new InterruptError("SIGTERM", 143));
  const { code } = await running;
  assertEquals(code, 143);
  assertEquals([...Deno.readDirSync(directory.path)], []);
});

Deno.test("lade loader stream of several URIs has one table of them, and tells whose a row is", async () => {
  await using cli = await filled();
  for (let i = 0; i < 5; i++) await cli.lade.put(`memory://m/other/${i}`, new Uint8Array(10).fill(i));
  const uris = ["memory://m/set/", "--weight=1", "memory://m/other/", "--weight=1"];
  const args = ["loader", "stream", ...uris, "--samples-per-epoch=64", "--batch-size=16", "--shuffle=full"];
  const rowsOf = async (bytes: Uint8Array) => {
    const reader = await ArrowStreamReader.open(new BytesSource(bytes, "memory://stream"));
    const rows: Record<string, unknown>[] = [];
    for await (const table of reader.scan()) {
      for (let row = 0; row < table.rows; row++) {
        rows.push(
          Object.fromEntries(table.columns.map((column) => [column.field.name, valueAt(column, row)])),
        );
      }
    }
    return rows;
  };
  const plain = await rowsOf((await stream(cli, args)).stdout);
  const told = await rowsOf((await stream(cli, [...args, "--tell"])).stdout);
  assertEquals(plain.length, 64);
  assertEquals(told.map(({ part: _, ...row }) => row), plain);
  const places: Record<number, string> = { 20_000: "memory://m/set/", 10: "memory://m/other/" };
  assertEquals(told.map(({ part }) => part), plain.map(({ bytes }) => places[(bytes as Uint8Array).length]));
  const shares = Object.values(Object.groupBy(told, ({ part }) => `${part}`)).map((rows) =>
    rows?.length ?? 0
  );
  assertEquals([shares.length, (shares[0] ?? 0) + (shares[1] ?? 0)], [2, 64]);
  await cli.lade.put("memory://m/records/a.tfrecord", TFRECORD);
  assertEquals((await cli.run(["loader", "index", "memory://m/records/"])).code, 0);
  const { code, stderr } = await stream(cli, ["loader", "stream", "memory://m/set/", "memory://m/records/"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /one table of "memory:\/\/m\/set\/" \(key, bytes\) and "memory:\/\/m\/records\/" \(bytes\): their/,
  );
});
