import { assertEquals, assertThrows } from "@std/assert";
import { type LadeConfig, UriConfigs } from "./uri_configs.ts";

const KNOWN = ["s3", "file"];

function layersOf(config: LadeConfig, uri: string): string[] {
  return new UriConfigs(config, KNOWN).layersOf([uri], ["s3"]).map(({ name }) => name);
}

Deno.test("UriConfigs takes the longest prefix that ends at a slash, over the scheme's", () => {
  const config = { s3: {}, "s3://other/": {}, "s3://other/team/": {}, "s3://oth/": {}, "S3://Big/": {} };
  const cases: [uri: string, layers: string[]][] = [
    ["s3://bucket/a", ["s3"]],
    ["s3://other", ["s3://other/", "s3"]],
    ["s3://other/", ["s3://other/", "s3"]],
    ["s3://other/teams/a", ["s3://other/", "s3"]],
    ["s3://other/team", ["s3://other/team/", "s3"]],
    ["s3://other/team/a/b", ["s3://other/team/", "s3"]],
    ["s3://others/team/a", ["s3"]],
    ["S3://other/a", ["s3://other/", "s3"]],
    ["s3://Other/a", ["s3"]],
    ["s3://Big/a", ["s3://Big/", "s3"]],
  ];
  for (const [uri, layers] of cases) assertEquals(layersOf(config, uri), layers, uri);
  assertEquals(layersOf({ "s3://other/": {} }, "s3://other/a"), ["s3://other/"]);
  assertEquals(layersOf({}, "s3://other/a"), []);
});

Deno.test("UriConfigs takes what is configured for any scheme of a backend", () => {
  const configs = new UriConfigs({ file: { sync: "full" } }, KNOWN);
  assertEquals(configs.ofScheme(["direct", "file"]).map(({ config }) => config), [{ sync: "full" }]);
  assertEquals(configs.ofScheme(["s3"]), []);
});

Deno.test("UriConfigs refuses what is no scheme that is known, and no prefix", () => {
  const cases: [name: string, said: string][] = [
    ["ftp", 'Cannot configure scheme "ftp": known are s3, file'],
    ["ftp://host/", 'Cannot configure scheme "ftp": known are s3, file'],
    ["s3://other", 'Cannot configure "s3://other": a URI prefix ends in /'],
    ["s3://other/key", 'Cannot configure "s3://other/key": a URI prefix ends in /'],
    ["s3://", 'Cannot configure "s3://": that of the scheme is "s3"'],
    ["s3:/other/", 'Cannot configure scheme "s3:/other/"'],
  ];
  for (const [name, said] of cases) {
    assertThrows(() => new UriConfigs({ [name]: {} }, KNOWN), TypeError, said);
  }
});

Deno.test("UriConfigs takes a scheme in capitals, and neither a scheme nor a prefix twice", () => {
  assertEquals(layersOf({ S3: {}, "S3://other/": {} }, "s3://other/a"), ["s3://other/", "s3"]);
  for (const names of [["s3", "S3"], ["s3://other/", "S3://other/"]]) {
    const config = Object.fromEntries(names.map((name) => [name, {}]));
    assertThrows(() => new UriConfigs(config, KNOWN), TypeError, `Cannot configure "${names[0]}" twice`);
  }
});
