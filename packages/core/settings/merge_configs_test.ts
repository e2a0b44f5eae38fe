import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkSettings } from "./check_settings.ts";
import { mapType } from "./map_type.ts";
import { mergeConfigs } from "./merge_configs.ts";
import { sizeType, textType } from "./scalar_types.ts";
import type { SettingTable } from "./setting.ts";
import { SettingText } from "./setting_text.ts";

const word = textType({ pattern: /^\w+$/ });
const TABLE: SettingTable = [
  { name: "region", type: word, help: "" },
  { name: "part.size", type: sizeType({ least: 1 }), help: "" },
  { name: "part.least", type: sizeType({ least: 1 }), help: "" },
  { name: "tags", type: mapType, help: "" },
  { name: "profile", type: word, group: "identity", help: "" },
  { name: "keys.id", type: word, group: "identity", help: "" },
  { name: "keys.token", type: word, group: "identity", secret: true, help: "" },
];

type Config = Record<string, unknown>;
const near = (config: Config) => ({ name: "s3://b/", source: "the configuration of s3://b/", config });
const far = (config: Config) => ({ name: "s3", source: "option", config });

/** What holds, by name, with where it was said. */
function merged(nearest: Config, furthest: Config): Record<string, [value: unknown, source: string]> {
  const config = mergeConfigs(TABLE, [near(nearest), far(furthest)]) ?? {};
  const given = checkSettings(TABLE, config, "Cannot configure s3");
  return Object.fromEntries(Array.from(given, ([name, { value, source }]) => [name, [value, source]]));
}

const NEAR = "the configuration of s3://b/";

Deno.test("mergeConfigs() takes each setting whole from the nearest layer, however it is written", () => {
  const config = merged(
    { "part.size": 5, tags: { a: "1" } },
    { region: "eu", part: { size: 7, least: 2 }, tags: { b: "2" } },
  );
  assertEquals(config, {
    region: ["eu", "option"],
    "part.size": [5, NEAR],
    "part.least": [2, "option"],
    tags: [{ a: "1" }, NEAR],
  });
});

Deno.test("mergeConfigs() takes settings of one group together", () => {
  assertEquals(merged({ profile: "dev" }, { keys: { id: "a", token: "t" }, region: "eu" }), {
    region: ["eu", "option"],
    profile: ["dev", NEAR],
  });
  assertEquals(merged({ keys: { id: "b" } }, { keys: { id: "a", token: "t" } }), { "keys.id": ["b", NEAR] });
  assertEquals(merged({ keys: { id: "b", token: "u" } }, { profile: "dev" }), {
    "keys.id": ["b", NEAR],
    "keys.token": ["u", NEAR],
  });
});

Deno.test("mergeConfigs() keeps where a text was written", () => {
  const config = merged({ region: new SettingText("eu", "--config s3://b/") }, {});
  assertEquals(config, { region: ["eu", "--config s3://b/"] });
});

Deno.test("mergeConfigs() names the layer of what cannot be, and no secret", () => {
  const refused = (nearest: Config, furthest: Config, said: string) =>
    assertThrows(() => merged(nearest, furthest), TypeError, said);
  refused(
    { regoin: "x" },
    {},
    'Cannot configure s3://b/: unknown configuration "regoin", did you mean "region"?',
  );
  refused({}, { regoin: "x" }, 'Cannot configure s3: unknown configuration "regoin"');
  refused({ region: "a b" }, {}, "region (the configuration of s3://b/) has to be");
  const { message } = refused({ "keys.token": "hush hush" }, {}, "keys.token");
  assertEquals(message.includes("hush"), false);
});

Deno.test("mergeConfigs() checks a prefix that stands alone, and keeps where it was said", () => {
  const config = mergeConfigs(TABLE, [near({ region: "eu" })]) ?? {};
  assertEquals(checkSettings(TABLE, config, "Cannot configure s3").get("region")?.source, NEAR);
  assertThrows(() => mergeConfigs(TABLE, [near({ region: "a b" })]), TypeError, NEAR);
});

Deno.test("mergeConfigs() gives one layer of options as it is, and none as none", () => {
  const config = { anything: 1 };
  assertStrictEquals(mergeConfigs(TABLE, [far(config)]), config);
  assertEquals(mergeConfigs(TABLE, []), undefined);
  assertEquals(mergeConfigs(undefined, [near({ a: 1 }), far({ a: 2, b: 3 })]), { a: 1, b: 3 });
});
