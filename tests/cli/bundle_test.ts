import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../packages/cli/deno.json" with { type: "json" };
import { bundleCommand } from "../../tools/build/bundle_command.ts";
import { commandsLoads } from "../../tools/build/commands_loads.ts";
import { bundlingFault } from "../../tools/build/run_bundler.ts";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { runLade } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const LARGE = 20 * 2 ** 20;
/** From here on lanes pay. */
const WORTH_A_LANE = 80 * 2 ** 20;

/** Files that `lade ls` of a directory may load. */
const LOADED_BY_LS = 6;
/** Files that any of the usual commands may load. */
const MOST_LOADED = 12;

const fault = await bundlingFault();

Deno.test({
  name: "deno task build makes a program that works" + (fault === undefined ? "" : ` (skipped: ${fault})`),
  ignore: fault !== undefined,
  async fn(t) {
    await using bundle = await TemporaryDirectory.make();
    await bundleCommand(bundle.path);
    const main = `${bundle.path}/main.js`;
    const permissions = ["--unstable-lazy-dynamic-imports", `--allow-read=${bundle.path}`];
    // Every third byte is new, so that compressing takes Workers a while, and pays.
    const large = new Uint8Array(LARGE).map((_, at) => at % 3 === 0 ? (at * 2_654_435_761) >>> 11 : 7);

    await t.step("lade --version loads nothing of Node", async () => {
      await using directory = await TemporaryDirectory.make();
      const { code, stdout, stderr } = await runLade(["--version"], { cwd: directory.path, main });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(
        stdout,
        /^lade \S+ \((?:build [0-9a-f]{10} of [-0-9]{10}(?: with changes)?|from source), Deno /,
      );
      assert(stdout.startsWith(`lade ${config.version} (`), stdout);
      assertEquals(await importsOfNode(bundle.path, "main.js"), []);
    });

    await t.step(
      "what the commands load on small objects is few files, and no more code than they need",
      async () => {
        const files = new Map<string, string>();
        for await (const { name } of Deno.readDir(bundle.path)) {
          files.set(name, await Deno.readTextFile(`${bundle.path}/${name}`));
        }
        const [ls = new Set<string>(), ...others] = await commandsLoads(files);
        assert(ls.size <= LOADED_BY_LS, [...ls].join());
        for (const loaded of others) assert(loaded.size <= MOST_LOADED, [...loaded].join());
        const bytes = [...ls].map((name) => files.get(name)?.length ?? 0).reduce((sum, size) => sum + size);
        assert(bytes < 400_000, `lade ls loads ${bytes} bytes`);
      },
    );

    await t.step("lade ls, help and man", async () => {
      await using directory = await TemporaryDirectory.make({ a: "1" });
      const run = (...args: string[]) => runLade(args, { cwd: directory.path, main, permissions });
      assertMatch((await run("ls")).stdout, / 1 a\n$/);
      assertMatch((await run("ls", "-rH")).stdout, / 1 B a\n$/);
      assertMatch((await run("get", "--help")).stdout, /^Usage: lade get \[OPTION\.\.\.\] URI \[DEST\]$/m);
      assertMatch((await run("man", "get")).stdout, /^\.TH "LADE-GET" "1"/);
      assertEquals((await run("lss")).code, 2);
    });

    await t.step(
      "lade show, head, convert, index and verify of formats, each loaded as it is needed",
      async () => {
        await using directory = await TemporaryDirectory.make({
          "t.csv": "id,name\n1,a\n2,b\n",
          "d/1.txt": "x",
        });
        const run = async (...args: string[]) => {
          const { code, stdout, stderr } = await runLade(args, { cwd: directory.path, main, permissions });
          assertEquals(code, 0, stderr);
          return stdout;
        };
        for (const to of ["t.parquet", "t.arrow", "t.tfrecord"]) {
          assertMatch(await run("convert", "t.csv", to), /\(2 rows\)\n$/);
          assertMatch(await run("show", to), /name +(?:string|binary)/);
          assertMatch(await run("head", "-n1", to), /^id +name\n *1 +a\n$/);
        }
        await run("convert", "d", "d.tar");
        assertMatch(await run("index", "--check", "d.tar"), /^current /);
        assertMatch(await run("verify", "t.tfrecord", "t.parquet"), /^t\.tfrecord: OK.*\nt\.parquet: OK/);
      },
    );

    await t.step("lade put and get, with and without zstd", async () => {
      await using directory = await TemporaryDirectory.make({ large, small: "small" });
      const run = async (...args: string[]) => {
        const { code, stderr } = await runLade(args, { cwd: directory.path, main, permissions });
        assertEquals([code, stderr], [0, ""]);
      };
      await run("put", "-q", "large", "small", directory.uri("plain/"));
      await run("get", "-q", directory.uri("plain/large"), "back");
      await run("put", "-q", "--zstd", "3", "large", "small", directory.uri("packed/"));
      await run("get", "-q", "-r", "--decompress", directory.uri("packed/"), "backs/");
      const same = async (name: string, bytes: Uint8Array) =>
        assert(
          new Uint8Array(await Deno.readFile(`${directory.path}/${name}`)).every((b, i) => b === bytes[i]),
        );
      await same("back", large);
      await same("backs/large", large);
      await same("backs/small", new TextEncoder().encode("small"));
      const { size } = await Deno.stat(`${directory.path}/packed/large.zst`);
      assert(size < LARGE / 2, `${size} bytes`);
    });

    await t.step("lade put, ls, get and rm of s3://, in parts and by the AWS SDK", async () => {
      await using cli = await S3Cli.start({ large });
      const more = [...cli.options().permissions ?? [], ...permissions];
      const watch = (...args: string[]) => cli.watch(args, { main, permissions: more });
      const put = await watch("put", "-q", "large", "s3://bucket/large");
      assertEquals([put.code, put.stderr], [0, ""]);
      assert(put.operations.includes("CompleteMultipartUpload"));
      assertMatch((await watch("ls", "s3://bucket")).stdout, /large\n$/);
      const get = await watch("get", "-q", "s3://bucket/large", "back");
      assertEquals([get.code, get.stderr], [0, ""]);
      const back = await Deno.readFile(`${cli.directory.path}/back`);
      assert(back.length === LARGE && back.every((byte, at) => byte === large[at]));
      const copy = await watch("cp", "-q", "s3://bucket/large", "s3://bucket/copy");
      assertEquals([copy.code, copy.stderr], [0, ""]);
      assertEquals((await watch("rm", "-q", "-r", "--all", "s3://bucket/")).code, 0);
      assertEquals(cli.fake.objects("bucket"), []);
      assertEquals((await watch("doctor", "--json", "s3://bucket/")).code, 0);
    });

    await t.step("lade get of what is worth a lane takes one, which lies beside the program", async () => {
      await using cli = await S3Cli.start();
      const bytes = new Uint8Array(WORTH_A_LANE).map((_, at) => (at * 2_654_435_761) >>> 13);
      cli.fake.putObject("bucket", "huge", bytes);
      const more = [...cli.options().permissions ?? [], ...permissions];
      const { code, stderr } = await cli.run(["get", "-v", "--json", "s3://bucket/huge", "back"], {
        main,
        permissions: more,
        env: { LADE_LANES: "2" },
      });
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /"lanes":[12],/);
      const back = await Deno.readFile(`${cli.directory.path}/back`);
      assert(back.length === WORTH_A_LANE && back.every((byte, at) => byte === bytes[at]));
    });

    await t.step("lade mb, put, ls, get and rb of az://, in blocks and by the Azure SDK", async () => {
      await using fake = await startFakeAzure();
      await using directory = await TemporaryDirectory.make({ large });
      const env = { AZURE_STORAGE_CONNECTION_STRING: fake.connectionString };
      const rights = [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys=osRelease"];
      const options = { cwd: directory.path, main, env, permissions: [...permissions, ...rights] };
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await runLade(args, options);
        assertEquals([code, stderr], [0, ""], args.join(" "));
        return stdout;
      };
      await run("mb", "az://box");
      assertMatch(await run("ls", "az://"), /^az:\/\/127\.0\.0\.1:\d+\/devstoreaccount1\/box\n$/);
      await run("put", "-q", "large", "az://box/large");
      await run("get", "-q", "az://box/large", "back");
      const back = await Deno.readFile(`${directory.path}/back`);
      assert(back.length === LARGE && back.every((byte, at) => byte === large[at]));
      await run("rb", "-f", "az://box");
      assertEquals([...fake.account.containers.keys()], []);
    });
  },
});

/** The modules of Node that a module imports before it runs, itself or through others. */
async function importsOfNode(directory: string, name: string): Promise<string[]> {
  const code = await Deno.readTextFile(`${directory}/${name}`);
  const imported = [...code.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)].map(([, specifier = ""]) =>
    specifier
  );
  const below = imported.filter((specifier) => specifier.startsWith("./")).map((path) =>
    importsOfNode(directory, path.slice(2))
  );
  return [
    ...imported.filter((specifier) => specifier.startsWith("node:")),
    ...(await Promise.all(below)).flat(),
  ];
}
