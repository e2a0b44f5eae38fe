import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { systemClock } from "@lade/core/backend";
import type { LoadedToken } from "@lade/service/tokens";
import type { GcsToken } from "../credentials/gcs_credential.ts";
import { searchTokens } from "../credentials/search_tokens.ts";
import type { IdentityConfig, TokenSurroundings } from "../credentials/token_surroundings.ts";
import { FakeClock } from "@lade/testing";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** The key by which signatures of the service account are checked. */
export const PUBLIC_KEY: KeyObject = publicKey;
/** The key of the service account. */
export const PRIVATE_KEY: string = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
/** The service account. */
export const ACCOUNT = "sa@my-project.iam.gserviceaccount.com";

/** A request as a service saw it. */
export interface SeenRequest {
  /** The method. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The body. */
  readonly text: string;
  /** The body as a form. */
  readonly form: Readonly<Record<string, string>>;
  /** A header, by its name. */
  readonly header: (name: string) => string | null;
}

type Fields = Readonly<Record<string, unknown>>;
type Variables = Readonly<Record<string, string>>;

/** Everything that gives tokens of Google's, in one server, and the files of a user. */
export class GoogleTokens implements AsyncDisposable {
  /** What was asked. */
  readonly seen: SeenRequest[] = [];
  /** Files by path. */
  readonly files: Map<string, string> = new Map();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Answers by `answer`, else by a token for an hour. */
  constructor(answer: (seen: SeenRequest) => Response | undefined = () => undefined) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const form = Object.fromEntries(new URLSearchParams(text));
      const { headers, method } = request;
      const seen = {
        method,
        path: pathname + search,
        text,
        form,
        header: (name: string) => headers.get(name),
      };
      this.seen.push(seen);
      return answer(seen) ?? answerOf(pathname, this.seen.length);
    });
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** Its URL. */
  get url(): string {
    return `http://${this.host}`;
  }

  /** What a user has: these variables, the files, and this server in place of Google's. */
  around(env: Variables = {}): TokenSurroundings {
    const all: Variables = {
      HOME: "/home/me",
      GCE_METADATA_HOST: this.host,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${this.url}/`,
      ...env,
    };
    return {
      allowHttp: false,
      env: (name) => all[name] || undefined,
      read: (path) => Promise.resolve(this.files.get(path)),
      // However late an answer comes, it comes.
      web: () => Promise.resolve({ retry: { maxAttempts: 1 }, clock: new FakeClock() }),
      clock: systemClock,
    };
  }

  /** Finds a token by a file of credentials, or without one by what is there. */
  find(
    file?: Fields,
    config: Partial<IdentityConfig> = {},
    env: Variables = {},
  ): Promise<LoadedToken<GcsToken>> {
    if (file) this.files.set("/f.json", JSON.stringify(file));
    const given = file && { credentialsFile: { value: "/f.json", source: "GOOGLE_APPLICATION_CREDENTIALS" } };
    return searchTokens({ anonymous: false, allowHttp: false, ...given, ...config }, this.around(env));
  }

  /** The key of a service account. */
  key(more: Fields = {}): Fields {
    return {
      type: "service_account",
      project_id: "my-project",
      private_key_id: "k1",
      private_key: PRIVATE_KEY,
      client_email: ACCOUNT,
      token_uri: `${this.url}/token`,
      ...more,
    };
  }

  /** The login of a user. */
  login(more: Fields = {}): Fields {
    const client = { client_id: "c", client_secret: "s3cret", token_uri: `${this.url}/token` };
    return { type: "authorized_user", refresh_token: "r3fresh", ...client, ...more };
  }

  /** A service account that the user acts as. */
  acted(more: Fields = {}): Fields {
    return {
      type: "impersonated_service_account",
      service_account_impersonation_url: this.actedUrl,
      source_credentials: this.login(),
      ...more,
    };
  }

  /** Where tokens of the service account are asked for by who acts as it. */
  get actedUrl(): string {
    return `${this.url}/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`;
  }

  /** An identity of another provider. */
  pool(source: Fields, more: Fields = {}): Fields {
    return {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${this.url}/sts`,
      credential_source: source,
      ...more,
    };
  }

  /** Stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function answerOf(path: string, asked: number): Response {
  if (path.endsWith(":signBlob")) return Response.json({ signedBlob: btoa("signature") });
  if (path.endsWith(":generateAccessToken")) {
    return Response.json({ accessToken: `A${asked}`, expireTime: "2999-01-01T00:00:00Z" });
  }
  if (!path.startsWith("/computeMetadata")) {
    return Response.json({ access_token: `T${asked}`, expires_in: 3600 });
  }
  const headers = { "metadata-flavor": "Google" };
  if (path.endsWith("/email")) return new Response(`${ACCOUNT}\n`, { headers });
  if (path.endsWith("/token")) return Response.json({ access_token: "M", expires_in: 3600 }, { headers });
  if (path.endsWith("/project-id")) return new Response("of-the-machine", { headers });
  return new Response(null, { status: 404, headers });
}
