import { assertEquals, assertThrows } from "@std/assert";
import { checkSettings } from "./check_settings.ts";
import { mapType } from "./map_type.ts";
import {
  durationType,
  fileType,
  flagType,
  oneOfType,
  orWord,
  sizeType,
  textType,
  wholeType,
} from "./scalar_types.ts";
import type { SettingTable } from "./setting.ts";
import { SettingText } from "./setting_text.ts";

const TABLE: SettingTable = [
  { name: "region", type: textType({ expected: "a region", pattern: /^[a-z-]+$/ }), help: "" },
  { name: "secure", type: flagType, help: "" },
  { name: "part.size", type: sizeType({ least: 1 }), help: "" },
  { name: "part.unit", type: sizeType({ least: 4, multipleOf: 4 }), help: "" },
  { name: "part.count", type: orWord(wholeType({ least: 1, most: 9 }), "auto"), help: "" },
  { name: "stall", type: durationType({ least: 0 }), help: "" },
  { name: "mode", type: oneOfType("fast", "Slow"), help: "" },
  { name: "tags", type: mapType, help: "" },
  { name: "key", type: textType({ pattern: /^\S+$/ }), secret: true, help: "" },
  { name: "bundle", type: fileType, help: "" },
];

const check = (config: Record<string, unknown>) => checkSettings(TABLE, config, "Cannot configure it");
const values = (config: Record<string, unknown>) =>
  Object.fromEntries([...check(config)].map(([name, { value }]) => [name, value]));
const text = (written: string) => new SettingText(written, "--config");

Deno.test("checkSettings() takes values as programs give them, records whole or by dotted names", () => {
  const record = {
    region: "eu",
    part: { size: 5, count: "auto" },
    tags: { a: "b" },
    stall: 30,
    mode: "Slow",
  };
  const flat = {
    region: "eu",
    "part.size": 5,
    "part.count": "auto",
    tags: { a: "b" },
    stall: 30,
    mode: "Slow",
  };
  assertEquals(values(record), flat);
  assertEquals(values(flat), flat);
  assertEquals(values({ region: undefined, part: { size: undefined } }), {});
  assertEquals(check({ region: " eu\n" }).get("region"), { value: "eu", source: "option" });
});

Deno.test("checkSettings() reads texts as the type of each setting says, and keeps where they were written", () => {
  const cases: [name: string, written: string, read: Record<string, unknown>][] = [
    ["secure", "TRUE", { secure: true }],
    ["secure", "0", { secure: false }],
    ["part.size", "5MiB", { "part.size": 5 * 2 ** 20 }],
    ["part.size", "4096", { "part.size": 4096 }],
    ["part.unit", "8KiB", { "part.unit": 8192 }],
    ["part", "size=5MiB,count=auto", { "part.size": 5 * 2 ** 20, "part.count": "auto" }],
    ["part", '{"size": 5242880, "count": "9"}', { "part.size": 5 * 2 ** 20, "part.count": 9 }],
    ["stall", "90s", { stall: 90_000 }],
    ["stall", "1h30m", { stall: 5_400_000 }],
    ["stall", "250ms", { stall: 250 }],
    ["stall", "250", { stall: 250 }],
    ["mode", "slow", { mode: "Slow" }],
    ["tags", "a=b, c = d=e ", { tags: { a: "b", c: "d=e" } }],
    ["tags", '{"a,b": "c"}', { tags: { "a,b": "c" } }],
    ["tags.a b", " c ", { tags: { "a b": "c" } }],
    ["tags.a.b", "", { tags: { "a.b": "" } }],
    ["bundle", "~/x", { bundle: "~/x" }],
    ["region", " eu\n", { region: "eu" }],
  ];
  for (const [name, written, read] of cases) assertEquals(values({ [name]: text(written) }), read, written);
  assertEquals(check({ region: text("eu") }).get("region")?.source, "--config");
  assertEquals(values({ tags: text("a=1"), "tags.a": text("2"), "tags.b": text("3") }), {
    tags: { a: "2", b: "3" },
  });
});

Deno.test("checkSettings() says what would do, where it was written, and never a secret", () => {
  const cases: [config: Record<string, unknown>, said: string][] = [
    [{ regoin: "x" }, 'unknown configuration "regoin", did you mean "region"? Known are region, secure'],
    [{ nothing: "x" }, 'unknown configuration "nothing", known are region'],
    [
      { "part.sise": 1 },
      'unknown configuration "part.sise", did you mean "part.size"? Known are part.size, part.unit, part.count',
    ],
    [{ constructor: 1 }, 'unknown configuration "constructor"'],
    [{ region: 5 }, "region has to be a region, not 5"],
    [{ region: "https://me:hush@x" }, 'not "https://***@x"'],
    [{ region: text("Not one") }, 'region (--config) has to be a region, not "Not one"'],
    [{ region: text(" ") }, "region (--config) has to be a region"],
    [{ secure: "true" }, 'secure has to be true or false, not "true"'],
    [{ secure: text("yes") }, 'secure (--config) has to be true or false, not "yes"'],
    [{ part: 5 }, "part has to be size, unit and count by name, such as part.size=1"],
    [{ part: text("5MiB") }, "part has to be size, unit and count by name"],
    [
      { part: text("size=0") },
      'part.size (--config) has to be a whole number from 1 up, or a size such as 8MiB, not "0"',
    ],
    [{ "part.unit": 6 }, "part.unit has to be a whole number from 4 up, a multiple of 4, or a size such as"],
    [{ "part.unit": text("6") }, "part.unit (--config) has to be a whole number from 4 up, a multiple of 4"],
    [{ "part.count": text("10") }, 'has to be a whole number from 1 up to 9, or "auto"'],
    [{ stall: text("soon") }, 'milliseconds from 0 up, or a time such as 90s, not "soon"'],
    [{ mode: text("other") }, 'one of "fast", "Slow", not "other"'],
    [{ tags: text("a") }, "tags (--config) has to be texts by name, such as a=b,c=d"],
    [{ tags: text("a=1,a=2") }, "tags (--config) has to be texts by name"],
    [{ tags: { a: 1 } }, "tags has to be texts by name"],
    [{ "tags.a": 1 }, 'unknown configuration "tags.a"'],
    [{ key: text("hush hush") }, "key (--config) has to be"],
    [{ bundle: "a\u0000b" }, "bundle has to be the path of a file"],
    [{ bundle: '{ "private_key": "hush" }' }, "bundle has to be the path of a file rather than its content"],
    [{ bundle: text(btoa(`{"k":"${"x".repeat(99)}"}`)) }, 'of a file rather than its content, not "eyJ***"'],
    [{ bundle: text("-----BEGIN PRIVATE KEY-----\\nAA") }, "rather than its content, not"],
  ];
  for (const [config, said] of cases) {
    const { message } = assertThrows(() => check(config), TypeError, said);
    assertEquals([message.startsWith("Cannot configure it: "), message.includes("hush")], [true, false]);
  }
});
