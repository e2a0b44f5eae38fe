import { isGranted, whyUnread } from "@lade/service/environment";
import { jsonFields } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialContext } from "./credential_reader.ts";

/** A token of single sign-on. */
export interface SsoToken {
  /** What is shown. */
  readonly accessToken: string;
  /** When it ends, in milliseconds since 1970. */
  readonly expiresMs: number;
  /** All that the file holds. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The file in `~/.aws/sso/cache` where the AWS tools keep the token of one session. */
export class SsoTokenFile {
  readonly #name: string;
  readonly #context: CredentialContext;
  readonly #home: string | undefined;

  /** `name` is the session's, or for profiles without one the start URL. */
  constructor(name: string, context: CredentialContext, home: string | undefined) {
    this.#name = name;
    this.#context = context;
    this.#home = home;
  }

  /** The token; `undefined` where there is none. */
  async read(): Promise<SsoToken | undefined> {
    const path = await this.#path();
    if (path === undefined) return undefined;
    const text = await this.#context.read(path).catch((error: unknown) => {
      throw new CredentialFault(`${path} cannot be read: ${whyUnread(error)}`, { cause: error });
    });
    return text === undefined ? undefined : tokenOf(jsonFields(text));
  }

  /** Writes what of a token has changed, where this process may; the new token holds either way. */
  async write(token: SsoToken, changes: Readonly<Record<string, unknown>>): Promise<SsoToken | undefined> {
    const fields = { ...token.fields, ...changes };
    const path = await this.#path();
    if (path !== undefined && isGranted({ name: "write", path })) {
      const { writeFile } = await import("node:fs/promises");
      // A token that cannot be kept is renewed again.
      await writeFile(path, JSON.stringify(fields, null, 2), { mode: 0o600 }).catch(() => {});
    }
    return tokenOf(fields);
  }

  async #path(): Promise<string | undefined> {
    if (this.#home === undefined) return undefined;
    const { createHash } = await import("node:crypto");
    return `${this.#home}/.aws/sso/cache/${createHash("sha1").update(this.#name).digest("hex")}.json`;
  }
}

function tokenOf(fields: Readonly<Record<string, unknown>>): SsoToken | undefined {
  const { accessToken, expiresAt } = fields;
  // Older tools write "UTC" for "Z".
  const expiresMs = Date.parse(String(expiresAt).replace(/UTC$/, "Z"));
  if (typeof accessToken !== "string" || accessToken === "" || Number.isNaN(expiresMs)) return undefined;
  return { accessToken, expiresMs, fields };
}
