import { assertEquals, assertStringIncludes } from "@std/assert";
import { AzureHere } from "./azure_here.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade ls az:// lists the containers of the account, and lade ls az://HOST those of any", async () => {
  await using cli = await AzureHere.start();
  const { fake, host } = cli;
  fake.createContainer("films");
  const wanted = `az://${host}/films\naz://${host}/photos\n`;
  for (const place of ["az://", `az://${host}`, `az://${host}/`, fake.endpoint()]) {
    assertEquals(await cli.run(["ls", place]), { code: 0, stdout: wanted, stderr: "" }, place);
  }
  const json = await cli.run(["ls", "--json", "az://"]);
  assertEquals(
    json.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line).uri),
    wanted.trim().split("\n"),
  );
});

Deno.test("lade mb and lade rb make and remove containers, however their URIs are written", async () => {
  await using cli = await AzureHere.start();
  const { fake, host } = cli;
  const forms = [
    "az://new-one",
    `az://${host}/new-two/`,
    `abfss://new-three@${host}`,
    `${fake.endpoint()}/new-four`,
  ];
  const names = ["new-one", "new-two", "new-three", "new-four"];
  for (const [at, form] of forms.entries()) {
    const made = await cli.run(["mb", form]);
    assertEquals([made.stdout, made.stderr], [`mb az://${host}/${names[at]}\n`, ""], form);
    const again = await cli.run(["mb", form]);
    assertStringIncludes(again.stderr.replace(/\s+/g, " "), "the container exists already", form);
  }
  assertEquals([...fake.account.containers.keys()], ["photos", ...names]);
  fake.putBlob("new-two", "a", "1");
  const full = await cli.run(["rb", "az://new-two"]);
  assertEquals([full.code, full.stderr.includes("-f")], [1, true], full.stderr);
  assertEquals((await cli.run(["rb", "-f", ...forms])).stderr, "");
  assertEquals([...fake.account.containers.keys()], ["photos"]);
});

Deno.test("lade takes a URL with a signature for all that a command needs, and shows it nowhere", async () => {
  await using cli = await AzureHere.start({ az: { connectionString: undefined } });
  await using directory = await TemporaryDirectory.make({ f: "from here" });
  const { fake, host } = cli;
  for (const [key, text] of [["dir/a", "1"], ["dir/b", "2"]] as const) fake.putBlob("photos", key, text);
  const sas = fake.accountSas();
  const url = (key: string) => `${fake.endpoint()}/photos/${key}?${sas}`;
  const said: string[] = [];
  const run = async (...args: string[]) => {
    const outcome = await cli.run(args);
    said.push(outcome.stdout + outcome.stderr);
    return [outcome.code, outcome.stdout, outcome.stderr];
  };
  assertEquals(await run("cat", url("dir/a")), [0, "1", ""]);
  assertEquals((await run("ls", "-r", "--json", url("dir")))[0], 0);
  assertStringIncludes(said.at(-1) ?? "", `"uri":"az://${host}/photos/dir/a"`);
  assertEquals((await run("get", "-q", "-r", url("dir"), `${directory.path}/copy`))[2], "");
  assertEquals(await directory.tree(), { f: "from here", "copy/a": "1", "copy/b": "2" });
  assertEquals((await run("put", `${directory.path}/f`, url("new/")))[0], 0);
  assertEquals((await run("mv", url("dir/a"), url("moved")))[2], "");
  assertEquals((await run("rm", "-q", "-r", url("dir")))[2], "");
  assertEquals(cli.texts(), { moved: "1", "new/f": "from here" });
  assertEquals((await run("cat", url("none")))[0], 1);
  assertEquals((await run("rb", "-f", url("").replace("/?", "?")))[2], "");
  assertEquals([...fake.account.containers.keys()], []);
  assertEquals(said.filter((text) => /sig=(?!\*)/.test(text) || text.includes(sas)), []);
  const authorized = fake.requests.filter(({ headers }) => headers["authorization"] !== undefined);
  assertEquals(authorized.map(({ operation }) => operation), []);
});

Deno.test("lade says how a URI of another program's, or one that may be two things, is written", async () => {
  await using cli = new CliHere();
  const cases: readonly (readonly [uri: string, said: string])[] = [
    ["wasbs://photos@mine.blob.core.windows.net/a", 'write "az://mine.blob.core.windows.net/photos/a"'],
    ["azure://photos/a", 'write "az://photos/a"'],
    ["az:/photos/a", 'write "az://photos/a"'],
    ["az://a_b/c", "write az://ACCOUNT.blob.core.windows.net/CONTAINER/"],
    [
      "az://unknown.example/photos/a",
      "az://unknown.example/: endpoint=https://unknown.example, or anonymous=true",
    ],
  ];
  for (const [uri, said] of cases) {
    const { code, stderr } = await cli.run(["cat", uri]);
    assertEquals(code === 0, false, uri);
    assertStringIncludes(stderr.replace(/\s+/g, " "), said);
  }
});

Deno.test("lade takes the account from options, the configuration and the environment, and tells from where", async () => {
  await using cli = await AzureHere.start();
  await using directory = await TemporaryDirectory.make({ key: `${cli.fake.account.keys[0]}\n` });
  const { fake } = cli;
  fake.putBlob("photos", "a", "1");
  const { keys: [key = ""], name } = fake.account;
  const options = {
    cwd: directory.path,
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env=AZURE_*,LADE_*"],
  };
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runLade(["-v", "cat", "az://photos/a", ...args], { ...options, env });
  const endpoint = new URL(fake.url).origin;
  const cases: readonly (readonly [args: string[], env: Record<string, string>, source: string])[] = [
    [[], { AZURE_STORAGE_CONNECTION_STRING: fake.connectionString }, "AZURE_STORAGE_CONNECTION_STRING"],
    [["--account-name", name, "--blob-endpoint", endpoint], { AZURE_STORAGE_KEY: key }, "--account-name"],
    [["--config", `az.endpoint=${fake.endpoint()}`, "--config", "az.accountKey=@key"], {}, "--config"],
  ];
  for (const [args, env, source] of cases) {
    const { code, stdout, stderr } = await run(args, env);
    assertEquals([code, stdout], [0, "1"], stderr);
    assertStringIncludes(stderr, source);
    assertEquals(stderr.includes(key), false);
  }
  const wrong = await run(["--account-name", "Not-A-Name"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "3 to 24 lower-case letters and digits");
  const both = await run([], {
    AZURE_STORAGE_CONNECTION_STRING: fake.connectionString,
    AZURE_STORAGE_ACCOUNT: "other",
  });
  assertStringIncludes(both.stderr.replace(/\s+/g, " "), "exclude each other");
});

Deno.test("rb of a container with blocks that no object has says of which key, and how to be rid of them", async () => {
  await using here = await AzureHere.start({ az: { blockSize: 1000 } });
  const { fake } = here;
  const store = await here.lade.openStore("az://photos");
  {
    await using writer = await store.createPartWriter("dir/a", 2500);
    await writer.writePart(0, new Uint8Array(1000));
    await writer.abort();
  }
  assertEquals(fake.uncommitted("photos"), 1);
  for (const args of [["rb", "az://photos"], ["rb", "-f", "az://photos"]]) {
    const { code, stderr } = await here.run(args);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      'the container holds blocks of "dir/a", which no object has yet; wait until its',
    );
  }
  assertEquals((await here.run(["pipe", "az://photos/dir/a"], { stdin: ["x"] })).code, 0);
  assertEquals((await here.run(["rm", "az://photos/dir/a"])).code, 0);
  assertEquals((await here.run(["rb", "az://photos"])).code, 0);
});
