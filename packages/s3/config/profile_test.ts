import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { SharedFiles } from "./profile.ts";
import { readTextFile } from "@lade/service/environment";

const files = (variables: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>>) =>
  SharedFiles.read((name) => variables[name], (path) => Promise.resolve(texts[path]));

Deno.test("SharedFiles.read() replaces a tilde and names in the paths that variables give", async () => {
  const text = "[default]\nregion = here\n[profile x]\nregion = there\n";
  for (const path of ["~/cfg", "$HOME/cfg", "${HOME}/cfg", "${PLACE}/cfg", " ~/cfg\n", "/h/cfg"]) {
    const read = await files({ HOME: "/h", PLACE: "/h", AWS_CONFIG_FILE: path }, { "/h/cfg": text });
    assertEquals(read.profile("x").find("region"), {
      value: "there",
      source: 'profile "x" of ~/cfg',
    }, path);
  }
  const slashed = await files({ HOME: "/h/", AWS_CONFIG_FILE: "~/cfg" }, { "/h/cfg": text });
  assertEquals(slashed.profile("x").exists, true);
  const outside = await files({ HOME: "/h", AWS_CONFIG_FILE: "/etc/aws" }, { "/etc/aws": text });
  assertEquals(outside.profile("default").find("region")?.source, 'profile "default" of /etc/aws');
});

Deno.test("a profile is [profile x] in config and [x] in credentials, whose settings come first", async () => {
  const read = await files({ HOME: "/h" }, {
    "/h/.aws/config":
      "[profile x]\nregion = a\noutput = b\n[y]\nregion = c\n[profile default]\nregion = d\n[default]\nregion = e\n",
    "/h/.aws/credentials": "[x]\nregion = f\n[profile z]\nregion = g\n",
  });
  assertEquals(read.profile("x").find("region"), {
    value: "f",
    source: 'profile "x" of ~/.aws/credentials',
  });
  assertEquals(read.profile("x").find("output")?.value, "b");
  assertEquals([read.profile("y").exists, read.profile("z").exists], [false, false]);
  assertEquals(read.profile("default").find("region")?.value, "d");
});

Deno.test("a profile's section of services is read, and refused where it is missing", async () => {
  const read = await files({ HOME: "/h" }, {
    "/h/.aws/config":
      "[default]\nservices = a\n[profile x]\nservices = b\n[services a]\ns3 =\n  endpoint_url = http://h\n",
  });
  assertEquals(read.profile("default").find("services.s3.endpoint_url"), {
    value: "http://h",
    source: 'services "a" of ~/.aws/config',
  });
  assertThrows(
    () => read.profile("x").find("services.s3.endpoint_url"),
    TypeError,
    'there is no section [services b], which profile "x" of ~/.aws/config names',
  );
});

Deno.test("SharedFiles.read() tells of a file that is there and cannot be read, and of a line that is nothing", async () => {
  const denied = Object.assign(new Error("os error 13"), { code: "EACCES" });
  const closed = SharedFiles.read(
    (name) => name === "HOME" ? "/h" : undefined,
    (path) => path.endsWith("config") ? Promise.reject(denied) : Promise.resolve(undefined),
  );
  const error = await assertRejects(() => closed, TypeError);
  assertEquals(error.message, 'Cannot configure s3: "~/.aws/config" cannot be read: permission denied');
  const broken = files({ HOME: "/h", AWS_CONFIG_FILE: "/c" }, { "/c": "[default]\nhush\n" });
  const told = await assertRejects(() => broken, TypeError);
  assertEquals(
    told.message,
    'Cannot configure s3: "/c" (AWS_CONFIG_FILE) cannot be read: line 2 is neither a section, a setting nor a comment',
  );
});

Deno.test("without a home directory the files are those that variables name, and a missing profile says why", async () => {
  const read = await files({}, {});
  assertEquals(read.paths, [undefined, undefined]);
  assertStringIncludes(read.missing("x"), "no file: nothing says where the home directory is");
  const named = await files({ AWS_CONFIG_FILE: "/c" }, { "/c": "[profile x]\nregion = a\n" });
  assertEquals(named.profile("x").exists, true);
});

Deno.test("readTextFile() takes a missing file for absent, and tells one that is no file", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/a`, "text");
    assertEquals(await readTextFile(`${directory}/a`), "text");
    assertEquals(await readTextFile(`${directory}/b`), undefined);
    assertEquals(await readTextFile(`${directory}/a/b`), undefined);
    await assertRejects(() => readTextFile(directory));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
