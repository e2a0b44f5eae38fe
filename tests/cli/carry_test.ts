import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere, type Outcome } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");
const MTIME = "981173106.789";

/** A server with the buckets `one` and `two`, a directory, and `lade` on both. */
class Carrying implements AsyncDisposable {
  private constructor(
    readonly fake: FakeS3,
    readonly directory: TemporaryDirectory,
    readonly lade: Lade,
  ) {}

  static async start(files: Readonly<Record<string, string>> = {}): Promise<Carrying> {
    const fake = await startFakeS3({ buckets: ["one", "two"] });
    const directory = await TemporaryDirectory.make(files);
    for (const name of Object.keys(files)) await Deno.utime(`${directory.path}/${name}`, TIME, TIME);
    return new Carrying(fake, directory, new Lade({ config: { s3: { ...fakeConfig(fake) } } }));
  }

  /** Runs a command line, in which `DIR` stands for the directory. */
  async run(line: string): Promise<Outcome> {
    const terminal = new FakeTerminal({});
    const args = line.replaceAll("DIR", this.directory.path).split(" ");
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  }

  /** Runs a command line that has to succeed, and gives what it noted. */
  async note(line: string): Promise<string> {
    const { code, stderr } = await this.run(line);
    assertEquals(code, 0, stderr);
    return stderr;
  }

  /** The operations that the server was asked for since the last call. */
  operations(): string[] {
    return this.fake.requests.splice(0).map(({ operation = "?" }) => operation);
  }

  mtime(name: string): Date | null {
    return Deno.statSync(`${this.directory.path}/${name}`).mtime;
  }

  mode(name: string): number {
    return (Deno.statSync(`${this.directory.path}/${name}`).mode ?? 0) & 0o7777;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of [this.lade, this.directory, this.fake]) await each[Symbol.asyncDispose]();
  }
}

const EXPIRES = "Mon, 03 Feb 2031 04:05:06 GMT";
const FIELDS = new Map([
  ["content-type", "text/csv"],
  ["content-disposition", 'attachment; filename="r.csv"'],
  ["content-language", "de"],
  ["expires", EXPIRES],
]);
const METADATA = new Map([["a", "b"]]);
const TAGS = [["t", "1"]] as const;
const WHOLE = { fields: FIELDS, metadata: METADATA, tags: TAGS, storageClass: "STANDARD_IA" };

Deno.test("lade cp and mv between two buckets of one service keep all that an object has", async () => {
  await using cli = await Carrying.start();
  for (const key of ["o", "t/1", "t/2"]) cli.fake.putObject("one", key, "x", WHOLE);
  assertEquals(await cli.note("cp s3://one/o s3://two/o"), "");
  assertEquals(cli.operations().filter((operation) => operation !== "HeadObject"), ["CopyObject"]);
  assertEquals(await cli.note("cp -q -r s3://one/t/ s3://two/t/"), "");
  const operations = cli.operations();
  assertEquals(operations.filter((operation) => operation === "CopyObject").length, 2);
  assertEquals(operations.filter((operation) => !/List|CopyObject/.test(operation)), []);
  assertEquals(await cli.note("mv s3://one/o s3://two/m"), "");
  assertEquals(cli.fake.object("one", "o"), undefined);
  for (const key of ["o", "t/1", "t/2", "m"]) {
    const { fields, metadata, tags, storageClass } = cli.fake.object("two", key)?.attributes ?? {};
    assertEquals({ fields, metadata, tags, storageClass }, WHOLE, key);
  }
});

Deno.test("lade put and cp keep the time of a file in metadata, and get, cp and mv set it", async () => {
  await using cli = await Carrying.start({ "a.csv": "1", "d/b": "2" });
  await cli.note("put DIR/a.csv s3://one/");
  await cli.note("cp -r DIR/d s3://one/d/");
  await cli.note("cp DIR/a.csv memory://m/");
  assertEquals(cli.fake.object("one", "a.csv")?.attributes.metadata.get("mtime"), MTIME);
  assertEquals(cli.fake.object("one", "d/b")?.attributes.metadata.get("mtime"), MTIME);
  await cli.note("cp --zstd 1 DIR/a.csv s3://one/");
  assertEquals(cli.fake.object("one", "a.csv.zst")?.attributes.metadata.get("mtime"), MTIME);
  cli.operations();
  await cli.note("get s3://one/a.csv DIR/got");
  assertEquals(cli.operations(), ["GetObject"]);
  await cli.note("get -r s3://one/d/ DIR/e");
  await cli.note("get --decompress s3://one/a.csv.zst DIR/plain.csv");
  await cli.note("cp DIR/got DIR/again");
  await cli.note("cp DIR/got direct://DIR/direct");
  await cli.note("mv s3://one/a.csv DIR/moved");
  for (const name of ["got", "e/b", "plain.csv", "again", "direct", "moved"]) {
    assertEquals(cli.mtime(name), TIME, name);
  }
  await cli.note("mv DIR/moved s3://two/back");
  assertEquals(cli.fake.object("two", "back")?.attributes.metadata.get("mtime"), MTIME);
});

Deno.test("lade get reads the times that other tools write", async () => {
  await using cli = await Carrying.start();
  const forms: Readonly<Record<string, readonly [string, string]>> = {
    rclone: ["mtime", "981173106.789012345"],
    iso: ["mtime", "2001-02-03T04:05:06.789Z"],
    mc: ["mc-attrs", "mode:33188/mtime:981173106#789000000/uid:0"],
    gateway: ["file-mtime", "981173106789000000ns"],
  };
  for (const [key, entry] of Object.entries(forms)) {
    cli.fake.putObject("one", key, "x", { metadata: new Map([entry]) });
    await cli.note(`get s3://one/${key} DIR/`);
    assertEquals(cli.mtime(key), TIME, key);
  }
});

Deno.test("lade --no-mtime neither keeps nor sets times", async () => {
  await using cli = await Carrying.start({ a: "1" });
  await cli.note("put --no-mtime DIR/a s3://one/");
  assertEquals(cli.fake.object("one", "a")?.attributes.metadata.size, 0);
  await cli.note("put DIR/a s3://one/");
  await cli.note("get --no-mtime s3://one/a DIR/b");
  await cli.note("cp --no-mtime DIR/a DIR/c");
  for (const name of ["b", "c"]) assertEquals(Number(cli.mtime(name)) > Date.now() - 3600_000, true, name);
  await cli.note("mv --no-mtime DIR/b s3://one/moved");
  assertEquals(cli.fake.object("one", "moved")?.attributes.metadata.size, 0);
});

Deno.test("lade guesses the media type of a file by its name, unless it is told one or told not to", async () => {
  await using cli = await Carrying.start({ "a.csv": "1", "a.parquet": "2", "none": "3" });
  await cli.note("put -r DIR s3://one/");
  await cli.note("mv DIR/a.parquet s3://one/moved.parquet");
  await cli.note("cp --zstd 1 DIR/a.csv s3://one/");
  await cli.note("put --content-type text/x DIR/a.csv s3://one/given.csv");
  await cli.note("put --no-guess-mime-type DIR/a.csv s3://one/plain.csv");
  await cli.note("put DIR/a.csv s3://one/latest");
  await cli.note("put DIR/none s3://one/named.json");
  await cli.note("cp DIR/a.csv s3://one/other.json");
  cli.fake.putObject("one", "untyped.csv", "x");
  await cli.note("cp s3://one/untyped.csv s3://two/copied.csv");
  const parquet = "application/vnd.apache.parquet";
  const types = {
    "a.csv": "text/csv",
    "a.parquet": parquet,
    none: undefined,
    "moved.parquet": parquet,
    "a.csv.zst": "application/zstd",
    "given.csv": "text/x",
    "plain.csv": undefined,
    latest: "text/csv",
    "named.json": "application/json",
    "other.json": "application/json",
  };
  const stored = Object.keys(types).map((
    key,
  ) => [key, cli.fake.object("one", key)?.attributes.fields.get("content-type")]);
  assertEquals(Object.fromEntries(stored), types);
  assertEquals(cli.fake.object("two", "copied.csv")?.attributes.fields.has("content-type"), false);
});

Deno.test("lade stores the attributes and tags that it is given, and stat shows them", async () => {
  await using cli = await Carrying.start({ a: "1" });
  await cli.note(
    "put --no-mtime --content-disposition inline --content-language de --expires 2031-02-03T04:05:06Z " +
      "--tag project=x=y --tag b= DIR/a s3://one/",
  );
  const attributes = cli.fake.object("one", "a")?.attributes;
  assertEquals(Object.fromEntries(attributes?.fields ?? []), {
    "content-disposition": "inline",
    "content-language": "de",
    expires: EXPIRES,
  });
  assertEquals(attributes?.tags.map((tag) => [...tag]), [["project", "x=y"], ["b", ""]]);
  cli.operations();
  const { stdout } = await cli.run("stat s3://one/a");
  for (const line of ["content disposition", "content language", "tag project"]) {
    assertStringIncludes(stdout, line);
  }
  assertMatch(stdout, /expires +2031-02-03T04:05:06.000Z/);
  assertEquals(cli.operations(), ["HeadObject", "GetObjectTagging"]);
  const json = JSON.parse((await cli.run("stat --json s3://one/a")).stdout);
  assertEquals([json.tags, json.expires], [{ project: "x=y", b: "" }, "2031-02-03T04:05:06.000Z"]);
  const credential = cli.fake.credentials.get(cli.fake.accessKeyId);
  if (credential) credential.denied = new Set(["GetObjectTagging"]);
  assertMatch((await cli.run("stat s3://one/a")).stdout, /^ +tags +2$/m);
  for (const wrong of ["--expires tomorrow", "--expires 2030-02-30", "--tag =x", "--tag x"]) {
    assertEquals((await cli.run(`put ${wrong} DIR/a s3://one/b`)).code, 2, wrong);
  }
});

Deno.test("lade cp --zstd and get --decompress carry what still holds, and tell what does not", async () => {
  await using cli = await Carrying.start();
  cli.fake.putObject("one", "o.csv", "content", WHOLE);
  const note = await cli.note("cp --zstd 1 s3://one/o.csv s3://two/");
  assertMatch(note, /did not keep the content disposition of s3:\/\/one\/o.csv: it names what was converted/);
  const packed = cli.fake.object("two", "o.csv.zst")?.attributes;
  const fields = { "content-language": "de", expires: EXPIRES };
  assertEquals(Object.fromEntries(packed?.fields ?? []), { ...fields, "content-type": "application/zstd" });
  assertEquals([packed?.metadata, packed?.tags.map((tag) => [...tag])], [METADATA, [["t", "1"]]]);
  await cli.lade.put("memory://m/x", new Uint8Array());
  assertEquals(await cli.note("get --decompress s3://two/o.csv.zst DIR/"), "");
  assertEquals(await cli.directory.tree(), { "o.csv": "content" });
});

Deno.test("lade cp onto itself with an attribute keeps the others", async () => {
  await using cli = await Carrying.start();
  cli.fake.putObject("one", "o", "x", WHOLE);
  await cli.note("cp --content-type text/plain s3://one/o s3://one/o");
  const { fields, metadata, tags, storageClass } = cli.fake.object("one", "o")?.attributes ?? {};
  const changed = new Map([...FIELDS, ["content-type", "text/plain"]]);
  assertEquals({ fields, metadata, tags, storageClass }, { ...WHOLE, fields: changed });
  await cli.note("cp --metadata x=y s3://one/o s3://one/o");
  assertEquals(cli.fake.object("one", "o")?.attributes.metadata, new Map([["x", "y"]]));
});

Deno.test("lade cp -r onto the same prefix with an attribute changes it in place, and without one is refused", async () => {
  await using cli = await Carrying.start({ "d": "1" });
  for (const key of ["t/1", "t/2/3", "other"]) cli.fake.putObject("one", key, "x", WHOLE);
  cli.operations();
  await cli.note("cp -r --cache-control no-cache s3://one/t/ s3://one/t/");
  const operations = cli.operations();
  assertEquals(operations.filter((name) => /^(Get|Put|Upload)/.test(name)), []);
  assertEquals(operations.filter((name) => name === "CopyObject").length, 2);
  for (const key of ["t/1", "t/2/3", "other"]) {
    const { fields, metadata, tags, storageClass } = cli.fake.object("one", key)?.attributes ?? {};
    const changed = key === "other" ? FIELDS : new Map([...FIELDS, ["cache-control", "no-cache"]]);
    assertEquals({ fields, metadata, tags, storageClass }, { ...WHOLE, fields: changed }, key);
  }
  await cli.note("cp -r --storage-class GLACIER_IR s3://one s3://one");
  assertEquals(cli.fake.object("one", "other")?.attributes.storageClass, "GLACIER_IR");
  for (
    const line of ["cp -r s3://one/t/ s3://one/t/", "mv -r s3://one/t/ s3://one/t/"]
  ) {
    const { code, stderr } = await cli.run(line);
    assertEquals([code, stderr.includes('"s3://one/t/" is the same')], [1, true], stderr);
  }
  const inside = await cli.run("cp -r --cache-control no-cache s3://one/t/ s3://one/t/2/");
  assertEquals([inside.code, inside.stderr.includes("lies in it")], [1, true], inside.stderr);
  const local = await cli.run("cp -r --cache-control no-cache DIR/ DIR/");
  assertEquals([local.code, local.stderr.includes("is the same")], [1, true], local.stderr);
});

Deno.test("lade mv tells once what files cannot keep; get does with -v", async () => {
  await using cli = await Carrying.start();
  const objects = { "t/1": WHOLE, "t/2": { metadata: METADATA } };
  const fill = () => {
    for (const [key, attributes] of Object.entries(objects)) cli.fake.putObject("one", key, "x", attributes);
  };
  fill();
  assertEquals(await cli.note("get -q -r s3://one/t/ DIR/q"), "");
  assertEquals((await cli.note("get -r s3://one/t/ DIR/plain")).includes("did not keep"), false);
  const verbose = await cli.note("get -v -r s3://one/t/ DIR/v");
  assertStringIncludes(
    verbose,
    "lade: get did not keep the content language of s3://one/t/1: the store keeps none",
  );
  assertEquals(await cli.note("get s3://one/t/2 DIR/single"), "");
  const moved = await cli.note("mv -r s3://one/t/ DIR/moved");
  for (
    const words of [
      "the content disposition of s3://one/t/1",
      "the tags of s3://one/t/1",
      "the metadata of 2 objects, the first of them s3://one/t/",
    ]
  ) {
    assertEquals(moved.split(words).length, 2, `${words}: ${moved}`);
  }
  fill();
  const { stderr } = await cli.run("--json mv s3://one/t/1 DIR/json");
  const told = stderr.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "dropped"
  );
  assertEquals(told.find(({ attribute }) => attribute === "metadata"), {
    type: "dropped",
    operation: "mv",
    attribute: "metadata",
    reason: "the store keeps none",
    objects: 1,
    example: "s3://one/t/1",
  });
});

Deno.test("lade cp and mv between file:// and direct:// keep the mode", async () => {
  await using cli = await Carrying.start({ a: "secret", b: "secret", old: "old" });
  for (const name of ["a", "b"]) Deno.chmodSync(`${cli.directory.path}/${name}`, 0o600);
  Deno.chmodSync(`${cli.directory.path}/old`, 0o644);
  await cli.note("cp DIR/a direct://DIR/c");
  await cli.note("cp direct://DIR/a DIR/d");
  await cli.note("mv DIR/b direct://DIR/old");
  assertEquals(["c", "d", "old"].map((name) => cli.mode(name)), [0o600, 0o600, 0o600]);
  assertEquals(await cli.directory.tree(), { a: "secret", c: "secret", d: "secret", old: "secret" });
});

Deno.test("lade cp -r and mv between local directories open no directory to others that was closed to them", async () => {
  for (const [name, scheme] of [["cp", ""], ["cp", "direct://"], ["mv", ""]] as const) {
    await using directory = await TemporaryDirectory.make({
      "s/f": "1",
      "s/in/deep/f": "2",
      "s/open/f": "3",
    });
    await using cli = new CliHere();
    const { path } = directory;
    const modes = { "": 0o750, "/in": 0o700, "/in/deep": 0o555, "/open": 0o755 };
    for (const [below, mode] of Object.entries(modes)) await Deno.chmod(`${path}/s${below}`, mode);
    const { code, stderr } = await cli.run([name, "-r", `${path}/s`, `${scheme}${path}/d/new`]);
    assertEquals(code, 0, stderr);
    const modeOf = (below: string) => (Deno.statSync(`${path}/d/new${below}`).mode ?? 0) & 0o777;
    const deep = name === "mv" ? 0o555 : 0o755;
    assertEquals(Object.keys(modes).map(modeOf), [0o750, 0o700, deep, 0o755]);
    await Deno.chmod(`${path}/${name === "mv" ? "d/new" : "s"}/in/deep`, 0o755);
    const one = await cli.run(["mv", `${path}/d/new/in/f`, `${path}/x/in/f`]);
    assertEquals(one.code, 1);
    await Deno.writeTextFile(`${path}/d/new/in/f`, "");
    assertEquals((await cli.run([name, `${path}/d/new/in/f`, `${path}/x/in/f`])).code, 0);
    assertEquals((Deno.statSync(`${path}/x/in`).mode ?? 0) & 0o777, 0o700);
  }
});
