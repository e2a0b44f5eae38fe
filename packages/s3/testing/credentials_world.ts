import { systemClock } from "@lade/core/backend";
import type { Clock } from "@lade/core";
import { resolveConfig } from "../config/s3_config.ts";
import type { S3Options } from "../config/s3_options.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { CredentialSource, LoadedCredentials } from "../credentials/credential_cache.ts";
import { findCredentials } from "../credentials/find_credentials.ts";
import type { SharedTokens } from "@lade/service/tokens";

/** What a test's user has: files below `/h`, variables, a clock. */
export interface CredentialsWorld {
  /** Files by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables; `HOME` is `/h`, and the instance is left alone unless they say otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time; the system's by default. */
  readonly clock?: Clock;
  /** Called with each host that is to be asked; none but this machine is found. */
  readonly onHost?: (host: string) => void;
  /** What other searches of this user have found; nothing by default. */
  readonly shared?: SharedTokens<S3Credentials>;
}

/** Finds and loads the credentials of such a user. */
export async function loadCredentials(
  world: CredentialsWorld,
  options: S3Options = {},
): Promise<LoadedCredentials> {
  return await (await sourceOfCredentials(world, options)).load(false);
}

/** Finds where the credentials of such a user come from. */
export async function sourceOfCredentials(
  { files = {}, env: variables = {}, clock = systemClock, onHost, shared }: CredentialsWorld,
  options: S3Options = {},
): Promise<CredentialSource> {
  const all: Readonly<Record<string, string>> = {
    HOME: "/h",
    AWS_EC2_METADATA_DISABLED: "true",
    ...variables,
  };
  const env = (name: string) => all[name] || undefined;
  const read = (path: string) => Promise.resolve(files[path]);
  const config = await resolveConfig(options, { env, read });
  const resolve = (host: string) => {
    onHost?.(host);
    return Promise.reject(new Error("no such host"));
  };
  const web = () => Promise.resolve({ clock, ...(onHost ? { resolve } : {}) });
  return findCredentials(config, { env, read, uri: "s3://b", clock, shared, web });
}

/** A request that a {@linkcode LoopbackService} had. */
export interface ServedRequest {
  /** The method. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Headers. */
  readonly headers: Headers;
  /** The body. */
  readonly body: string;
}

/** A service on this machine that answers as a test says, and keeps what it was asked. */
export class LoopbackService implements AsyncDisposable {
  /** What it was asked. */
  readonly requests: ServedRequest[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts it. */
  constructor(answer: (request: ServedRequest) => Response) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname, search } = new URL(request.url);
      const served = {
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        body: await request.text(),
      };
      this.requests.push(served);
      return answer(served);
    });
  }

  /** Its URL, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
