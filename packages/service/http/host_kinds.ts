/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** Why a URL is not used: without TLS others could read and change what is sent; `undefined` where it may be. */
export function plainHttpFault(
  { hostname, protocol }: Pick<URL, "hostname" | "protocol">,
  allowHttp: boolean,
): string | undefined {
  if (protocol !== "http:" || allowHttp || isLoopback(hostname)) return undefined;
  return "plain HTTP to another machine has to be allowed by allowHttp";
}

/** Whether a name or address means a machine of this network and nothing in the internet. */
export function isLocal(hostname: string): boolean {
  return isLoopback(hostname) || PRIVATE_ADDRESS.test(hostname) || LOCAL_NAME.test(hostname);
}

const PRIVATE_ADDRESS =
  /^(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|\[f[cd][0-9a-f]{2}:[0-9a-f:]*\]|\[fe80:[0-9a-f:]*\])$/i;
const LOCAL_NAME = /^(?:[a-z][a-z0-9-]*|[a-z0-9.-]+\.(?:local|internal|lan|home\.arpa|svc))$/i;
