/**
 * Gives the addresses of a host name by the system's own resolver, hosts file included, in its order. With
 * `--allow-net=host` it is permitted for that host.
 */
export async function systemResolve(hostname: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}
