import { assertEquals } from "@std/assert";
import { accountHost, accountPlace, isHost, isPathStyle, urlOf } from "./account_host.ts";

Deno.test("accountHost() knows the hosts of every cloud, and no other that looks like one", () => {
  const cases: readonly (readonly [host: string, account: string | undefined])[] = [
    ["mine.blob.core.windows.net", "mine"],
    ["MINE.Blob.Core.Windows.Net", "mine"],
    ["mine-secondary.blob.core.windows.net", "mine"],
    ["mine.privatelink.blob.core.windows.net", "mine"],
    ["mine.dfs.core.windows.net", "mine"],
    ["mine.z01.blob.storage.azure.net", "mine"],
    ["mine.blob.core.chinacloudapi.cn", "mine"],
    ["mine.blob.core.usgovcloudapi.net", "mine"],
    ["onelake.dfs.fabric.microsoft.com", "onelake"],
    ["mine.blob.core.windows.net.example", undefined],
    ["mine.blob.core.windows.net:8443", undefined],
    ["evil.example", undefined],
    ["a.b.blob.core.windows.net", undefined],
    ["mine.queue.core.windows.net", undefined],
    ["mineblob.core.windows.net", undefined],
  ];
  for (const [host, account] of cases) {
    const found = accountHost(host);
    assertEquals([found.account, found.isAzure], [account, account !== undefined], host);
  }
});

Deno.test("isHost() and isPathStyle() tell hosts, and those of many accounts, by their form", () => {
  const hosts: Record<string, readonly [isHost: boolean, isPathStyle: boolean]> = {
    "mine.blob.core.windows.net": [true, false],
    "cdn.example": [true, false],
    "cdn.example:8443": [true, false],
    "box.example:10000": [true, true],
    "box.example:11102": [true, true],
    "127.0.0.1": [true, true],
    "127.0.0.1:1": [true, true],
    "[::1]:10000": [true, true],
    "localhost": [true, true],
    "azurite:10000": [true, true],
    "host.docker.internal:1": [true, true],
    "photos": [false, true],
    "a..b": [false, false],
    "a_b.c": [false, false],
    "user@host.c": [false, false],
  };
  for (const [host, wanted] of Object.entries(hosts)) {
    assertEquals([isHost(host), isPathStyle(host)], [...wanted], host);
  }
});

Deno.test("urlOf() asks this machine in the clear, and every other by TLS", () => {
  assertEquals(["localhost:1", "127.0.0.1", "cdn.example"].map(urlOf), [
    "http://localhost:1",
    "http://127.0.0.1",
    "https://cdn.example",
  ]);
});

Deno.test("accountPlace() is one for all hosts of an account of Azure's, and tells others apart", () => {
  const at = (url: string, path = "") =>
    accountPlace({ endpoint: { url, path, account: "" }, container: "photos" }, "a").service;
  const hosts = ["mine", "mine-secondary", "mine.privatelink"].map((name) =>
    at(`https://${name}.blob.core.windows.net`)
  );
  assertEquals(new Set(hosts).size, 1);
  const others = [
    hosts[0],
    at("https://other.blob.core.windows.net"),
    at("https://mine.blob.core.chinacloudapi.cn"),
  ];
  assertEquals(
    new Set([...others, at("http://127.0.0.1:1", "/mine"), at("http://127.0.0.1:1", "/other")]).size,
    5,
  );
});
