import { assertEquals, assertRejects } from "@std/assert";
import { checkSettings } from "./check_settings.ts";
import { describeSettings } from "./describe_settings.ts";
import { documentSettings } from "./document_settings.ts";
import { resolveSettings, resolveWithoutProfile, type SettingProfile } from "./resolve_settings.ts";
import { flagType, sizeType, textType } from "./scalar_types.ts";
import type { SettingTable } from "./setting.ts";
import { SettingText } from "./setting_text.ts";

const TABLE: SettingTable = [
  {
    name: "region",
    type: textType({ expected: "a region", pattern: /^\S+$/ }),
    environment: ["FIRST", "SECOND"],
    profile: ["region", "area"],
    default: "here",
    help: "where it is",
  },
  {
    name: "check",
    type: flagType,
    environment: [{ name: "CHECK", words: { always: undefined, needed: false } }],
    profile: [{ name: "check", words: { always: undefined, needed: false } }],
    default: true,
    help: "whether it is checked",
  },
  {
    name: "size",
    type: sizeType({ least: 1 }),
    profile: [{ name: "size", type: { ...sizeType({ least: 1 }), parse: (text) => Number(text) * 2 } }],
    help: "how large it is",
    flag: { name: "--size", metavar: "SIZE", help: "How large it is" },
  },
  { name: "key", type: textType(), environment: ["KEY"], secret: true, help: "what opens it" },
  { name: "url", type: textType(), environment: ["URL"], help: "who serves it" },
];

interface Said {
  readonly given?: readonly Record<string, unknown>[];
  readonly env?: Readonly<Record<string, string>>;
  readonly profile?: Readonly<Record<string, string>>;
}

function resolve({ given = [], env = {}, profile }: Said) {
  const found: SettingProfile = {
    find: (key) => profile?.[key] === undefined ? undefined : { value: profile[key], source: 'profile "p"' },
  };
  return resolveSettings(TABLE, {
    given: given.map((each) => checkSettings(TABLE, each, "Cannot configure it")),
    env: (name) => env[name],
    ...(profile ? { profile: () => Promise.resolve(found) } : {}),
  }, "Cannot configure it");
}

Deno.test("resolveSettings() takes what is given, the environment, the profile and the default, in this order", async () => {
  const given = [{ region: new SettingText("a", "--region") }, { region: "b" }];
  const env = { FIRST: "c", SECOND: "d" };
  const profile = { region: "e", area: "f" };
  const region = async (said: Said) => (await resolve(said)).get("region");
  assertEquals(await region({ given, env, profile }), { value: "a", source: "--region" });
  assertEquals(await region({ given: [{ region: "b" }], env, profile }), { value: "b", source: "option" });
  assertEquals(await region({ env, profile }), { value: "c", source: "FIRST" });
  assertEquals(await region({ env: { SECOND: "d" }, profile }), { value: "d", source: "SECOND" });
  assertEquals(await region({ profile }), { value: "e", source: 'profile "p"' });
  assertEquals(await region({ profile: { area: "f" } }), { value: "f", source: 'profile "p"' });
  assertEquals(await region({}), { value: "here", source: "default" });
});

Deno.test("resolveSettings() trims what it reads, and takes what is empty for absent", async () => {
  const resolved = await resolve({ env: { FIRST: " ", SECOND: " d\r\n" } });
  assertEquals(resolved.get("region"), { value: "d", source: "SECOND" });
  const profile = await resolve({ profile: { region: " ", area: "\te\r\n" } });
  assertEquals(profile.get("region"), { value: "e", source: 'profile "p"' });
});

Deno.test("resolveSettings() reads places that have a language of their own", async () => {
  const check = async (said: Said) => (await resolve(said)).get("check")?.value;
  assertEquals(await check({ env: { CHECK: "NEEDED" } }), false);
  assertEquals(await check({ env: { CHECK: "always" }, profile: { check: "needed" } }), false);
  assertEquals(await check({ env: { CHECK: "always" } }), true);
  assertEquals((await resolve({ profile: { size: "4" } })).get("size")?.value, 8);
});

Deno.test("resolveSettings() refuses what a setting cannot be, and names where it stands", async () => {
  const cases: [said: Said, message: string][] = [
    [{ env: { FIRST: "a b" } }, 'Cannot configure it: FIRST has to be a region, not "a b"'],
    [{ env: { CHECK: "yes" } }, 'Cannot configure it: CHECK has to be one of "always", "needed", not "yes"'],
    [{ profile: { area: "a b" } }, 'Cannot configure it: area (profile "p") has to be a region, not "a b"'],
  ];
  for (const [said, message] of cases) await assertRejects(() => resolve(said), TypeError, message);
});

Deno.test("resolveSettings() does not ask for the profile where nothing needs it", async () => {
  const given = [{ region: "a", check: true, size: 1 }];
  const profile = () => Promise.reject(new Error("asked"));
  const all = given.map((each) => checkSettings(TABLE, each, ""));
  await resolveSettings(TABLE, { given: all, env: () => undefined, profile }, "");
  await assertRejects(
    () => resolveSettings(TABLE, { given: [], env: () => undefined, profile }, ""),
    Error,
    "asked",
  );
});

Deno.test("describeSettings() shows what was said and where, and no secret", async () => {
  const env = { KEY: "hush", URL: "http://me:hush@host/" };
  const resolved = await resolve({ given: [{ size: 5 }], env });
  assertEquals(describeSettings(TABLE, resolved), [
    { name: "size", value: "5", source: "option" },
    { name: "key", value: "***", source: "KEY" },
    { name: "url", value: "http://***@host/", source: "URL" },
  ]);
});

Deno.test("documentSettings() writes a line for each setting", () => {
  assertEquals(documentSettings(TABLE.slice(0, 4)).split("\n"), [
    "| name | values | environment | profile | meaning |",
    "| --- | --- | --- | --- | --- |",
    '| `region` | text | `FIRST`, `SECOND` | `region`, `area` | where it is; "here" by default |',
    "| `check` | boolean | `CHECK` (always, needed) | `check` (always, needed) | whether it is checked; true by default |",
    "| `size`, `--size` | size |  | `size` | how large it is |",
    "| `key` | text, secret | `KEY` |  | what opens it |",
  ]);
});

Deno.test("resolveWithoutProfile() does as resolveSettings() where there is no profile", async () => {
  const env: Record<string, string> = { SECOND: "there", CHECK: "needed", KEY: " hush " };
  for (const given of [[], [{ region: "given" }]]) {
    const sources = {
      given: given.map((each) => checkSettings(TABLE, each, "Cannot configure it")),
      env: (name: string) => env[name],
    };
    const found = resolveWithoutProfile(TABLE, sources, "Cannot configure it");
    assertEquals([...found], [...await resolveSettings(TABLE, sources, "Cannot configure it")]);
    assertEquals(found.get("region")?.value, given.length > 0 ? "given" : "there");
  }
});
