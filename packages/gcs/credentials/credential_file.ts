import type { Sourced } from "@lade/core/settings";
import { quote } from "@lade/core/text";
import { checkServiceUrl, jsonFields, readSecret } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { ActedAs } from "./impersonate.ts";
import type { TokenSurroundings } from "./token_surroundings.ts";

/** Credentials as Google's tools write them into a file. */
export interface CredentialFile {
  /** What is in it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file, as messages name it. */
  readonly named: string;
}

/** Reads a file of credentials, which has to be there. */
export async function readCredentialFile(
  { read }: TokenSurroundings,
  file: Sourced<string>,
): Promise<CredentialFile> {
  const text = await readSecret(read, "the file of credentials", file);
  return {
    fields: jsonFields(text),
    named: `the file of credentials ${quote(file.value)} (${file.source})`,
  };
}

/** A field that has to be there. */
export function fieldOf({ fields, named }: CredentialFile, name: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new CredentialFault(`${named} lacks ${quote(name)}`);
}

/** The URL of a field, or the one that holds where there is none; plain HTTP to another machine is a fault. */
export function urlOf(
  file: CredentialFile,
  name: string,
  usual: string,
  { allowHttp }: TokenSurroundings,
): string {
  const { fields, named } = file;
  return checkServiceUrl(name, String(fields[name] ?? usual), named, allowHttp).href;
}

/** The header by which the client of a file shows who it is; none where the file has no client. */
export function basicOf(
  { fields: { client_id: id, client_secret: secret } }: CredentialFile,
): Record<string, string> {
  return typeof id === "string" ? { authorization: `Basic ${btoa(`${id}:${secret ?? ""}`)}` } : {};
}

/** The service account that a file names by the URL of its tokens. */
export function actedAsOf(file: CredentialFile, around: TokenSurroundings): ActedAs {
  const url = urlOf(file, "service_account_impersonation_url", "", around);
  const [, email] = /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(url) ?? [];
  if (email !== undefined) return { email: decodeURIComponent(email), url };
  throw new CredentialFault(
    `${file.named} names no service account in its service_account_impersonation_url`,
  );
}
