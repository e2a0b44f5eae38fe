import type { SettingType } from "@lade/core/settings";

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;

/** Names or addresses of hosts, each with its port where it has one; as text with commas between. */
export const hostsType: SettingType = {
  expected: "hosts such as node-1:9000,node-2:9000",
  shown: "hosts",
  example: "node-1:9000,node-2:9000",
  accepts: (value) =>
    (typeof value === "string" || Array.isArray(value)) && hostsOf(value).length > 0 &&
    hostsOf(value).every((host) => typeof host === "string" && isHost(host)),
  parse: (text) => hostsType.accepts(text) ? hostsOf(text) : undefined,
};

function isHost(text: string): boolean {
  const [found, port = "1"] = HOST.exec(text) ?? [];
  return found !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** Hosts of a text or a list, in lower case; none of nothing. */
export function hostsOf(value: string | readonly string[] | undefined): readonly string[] {
  const hosts = typeof value === "string" ? value.split(",").map((host) => host.trim()) : value ?? [];
  return hosts.map((host) => typeof host === "string" ? host.toLowerCase() : host);
}
