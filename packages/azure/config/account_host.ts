import type { ObjectPlace } from "@lade/core/backend";
import { isLoopback } from "@lade/service/http";

/** Where an account answers. */
export interface AzureEndpoint {
  /** URL of the service, without a path. */
  readonly url: string;
  /** Name of the account; empty where nothing tells it. */
  readonly account: string;
  /** What begins every path: empty, or `/account` where the host does not name the account. */
  readonly path: string;
}

/** What an account's URIs begin with: `az://HOST`, or `az://HOST/ACCOUNT`. */
export function accountUri({ url, path }: Pick<AzureEndpoint, "url" | "path">): string {
  return `az://${new URL(url).host}${path}`;
}

/** Where an account answers, as URIs write it. */
export interface AccountHost {
  /** `HOST`, or `HOST/ACCOUNT` where the account stands in the path: what follows `az://`. */
  readonly name: string;
  /** Host in lower case, with its port where it has one. */
  readonly host: string;
  /** Empty, or `/ACCOUNT`. */
  readonly path: string;
  /** Name of the account; absent where neither host nor path tells it. */
  readonly account?: string;
  /** Whether the host is Microsoft's own: only there, and where it is configured, do tokens go. */
  readonly isAzure: boolean;
}

/** Hosts of Blob Storage in every cloud of Azure, those of private links and DNS zones too. */
const AZURE =
  /^([a-z0-9]{3,24})(?:-secondary)?(?:\.z\d{1,3}|\.privatelink)?\.blob\.(?:core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)|storage\.azure\.net|fabric\.microsoft\.com)$/;

/** Hosts whose accounts stand in the path, and ports of emulators, as Microsoft's own clients have it. */
const PATH_STYLE =
  /^(?:[^.:]+|host\.docker\.internal|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::\d+)?$|:1[01][01]0[0-4]$/;

const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether the first part of a URI is a host rather than the name of an account or a container. */
export function isHost(text: string): boolean {
  return HOST.test(text.toLowerCase()) && (/[.:]/.test(text) || text.toLowerCase() === "localhost");
}

/** Whether at this host the account stands in the path. */
export function isPathStyle(host: string): boolean {
  return PATH_STYLE.test(host.toLowerCase());
}

/**
 * Reads host and, where it stands in the path, account. The host of an account's other interface, `.dfs.`, is that of its
 * blobs.
 */
export function accountHost(host: string, path = ""): AccountHost {
  const own = host.toLowerCase().replace(/^([^.]+(?:\.z\d{1,3}|\.privatelink)?)\.dfs\./, "$1.blob.");
  const [, named] = AZURE.exec(own) ?? [];
  const account = named ?? (path === "" ? undefined : path.slice(1));
  const known = account === undefined ? {} : { account };
  return { name: own + path, host: own, path, ...known, isAzure: named !== undefined };
}

/** The URL of a host of which no more is said: by TLS, but for this machine itself. */
export function urlOf(host: string): string {
  return `${isLoopback(host.replace(/:\d+$/, "")) ? "http" : "https"}://${host}`;
}

/**
 * Where a key of a container leads. An account of Azure's is the same by whichever of its hosts it is asked; any other host
 * may have more names than one. Where blobs lie in directories, several keys may be one.
 */
export function accountPlace(
  { endpoint: { url, path }, container }: { readonly endpoint: AzureEndpoint; readonly container: string },
  key: string,
): ObjectPlace {
  const { account, host, isAzure } = accountHost(new URL(url).host, path);
  const service = isAzure ? `${account}${host.slice(host.indexOf(".blob."))}` : url + path;
  return { service, container, key, kind: "azure", foldsKeys: true };
}
