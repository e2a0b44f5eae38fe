import { assertEquals } from "@std/assert";
import {
  checkSettings,
  placeName,
  resolveSetting,
  type Setting,
  type SettingPlace,
  type SettingTable,
  SettingText,
} from "@lade/core/settings";
import { CREDENTIAL_SETTINGS } from "../credentials/credential_settings.ts";
import { SharedFiles } from "./profile.ts";
import { S3_SETTINGS } from "./s3_settings.ts";

function rowsOf(name: string, table: SettingTable): [name: string, row: Setting][] {
  return table.map((row) => [name, row]);
}

/** What may be written at a place, and what it then means. */
function samples(row: Setting, place: SettingPlace): [text: string, value: unknown][] {
  const { words, type = row.type } = typeof place === "string" ? { words: undefined } : place;
  if (!words) return [[type.example, type.parse(type.example)]];
  return Object.entries(words).filter(([, value]) => value !== undefined);
}

/** The files of a user whose default profile says `key = text`. */
function filesWith(key: string, text: string): Promise<SharedFiles> {
  const path = key.split(".");
  const [outer, inner] = path.length === 1 ? [path[0], ""] : [path.at(-2), path.at(-1)];
  const line = inner === "" ? `${outer} = ${text}` : `${outer} =\n  ${inner} = ${text}`;
  const config = key.startsWith("services.")
    ? `[default]\nservices = mine\n[services mine]\n${line}\n`
    : `[default]\n${line}\n`;
  const env = (name: string) => name === "HOME" ? "/h" : undefined;
  return SharedFiles.read(env, (path) => Promise.resolve(path === "/h/.aws/config" ? config : undefined));
}

for (
  const [table, row] of [
    ...rowsOf("S3_SETTINGS", S3_SETTINGS),
    ...rowsOf("CREDENTIAL_SETTINGS", CREDENTIAL_SETTINGS),
  ]
) {
  for (const place of row.environment ?? []) {
    const variable = placeName(place);
    Deno.test(`${table}: ${row.name} is read from ${variable}`, async () => {
      for (const [text, value] of samples(row, place)) {
        const env = (name: string) => name === variable ? ` ${text}\n` : undefined;
        assertEquals(await resolveSetting(row, { given: [], env }, ""), { value, source: variable });
      }
    });
  }
  for (const place of row.profile ?? []) {
    Deno.test(`${table}: ${row.name} is read from ${placeName(place)} of a profile`, async () => {
      for (const [text, value] of samples(row, place)) {
        const profile = (await filesWith(placeName(place), text)).profile("default");
        const sources = { given: [], env: () => undefined, profile: () => Promise.resolve(profile) };
        const found = await resolveSetting(row, sources, "");
        assertEquals(found?.value, value);
        assertEquals(found?.source.endsWith("of ~/.aws/config"), true, found?.source);
      }
    });
  }
}

for (const row of S3_SETTINGS) {
  if (row.name !== "credentials") {
    Deno.test(`S3_SETTINGS: ${row.name} is taken as text and as a value`, () => {
      const { type } = row;
      const value = type.parse(type.example);
      const text = new SettingText(type.example, "--config");
      assertEquals(checkSettings(S3_SETTINGS, { [row.name]: text }, "").get(row.name), {
        value,
        source: "--config",
      });
      assertEquals(checkSettings(S3_SETTINGS, { [row.name]: value }, "").get(row.name)?.value, value);
      if (row.default !== undefined) assertEquals(type.accepts(row.default), true);
    });
  }
}

Deno.test("S3_SETTINGS reads sizes of ~/.aws by its own units", async () => {
  const row = S3_SETTINGS.find(({ name }) => name === "multipart.partSize");
  const profile = (await filesWith("s3.multipart_chunksize", "64MB")).profile("default");
  const sources = { given: [], env: () => undefined, profile: () => Promise.resolve(profile) };
  assertEquals(row && (await resolveSetting(row, sources, ""))?.value, 64 * 2 ** 20);
});

Deno.test("CREDENTIAL_SETTINGS holds nothing that no source of credentials asks for", async () => {
  let code = "";
  const directory = new URL("../credentials/", import.meta.url);
  for await (const { name } of Deno.readDir(directory)) {
    if (name.endsWith(".ts") && !/_test\.ts$|^credential_settings\.ts$/.test(name)) {
      code += await Deno.readTextFile(new URL(name, directory));
    }
  }
  const asked = (name: string) =>
    code.includes(`"${name}"`) ||
    (name.startsWith("metadata.") && code.includes(`setting("${name.slice(9)}")`)) ||
    (name.endsWith(".endpoint") && code.includes(`"${name.slice(0, -9)}"`));
  assertEquals(CREDENTIAL_SETTINGS.map(({ name }) => name).filter((name) => !asked(name)), []);
});
