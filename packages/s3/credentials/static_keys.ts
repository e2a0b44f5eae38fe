import {
  placeName,
  resolveSetting,
  type Setting,
  type SettingSources,
  type Sourced,
} from "@lade/core/settings";
import { SUBJECT } from "../config/check_options.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { S3_SETTINGS } from "../config/s3_settings.ts";
import { CredentialFault } from "@lade/service/tokens";

const rowOf = (name: string) => S3_SETTINGS.find((row) => row.name === `credentials.${name}`);

/** Keys that stand as they are in one place, environment or profile; half a pair there is a `CredentialFault`. */
export async function staticKeys(
  place: "environment" | "profile",
  sources: Omit<SettingSources, "given">,
): Promise<Sourced<S3Credentials> | undefined> {
  const find = async (row: Setting | undefined) =>
    row && await resolveSetting(row, { given: [], ...sources }, SUBJECT);
  const [idRow, secretRow] = [rowOf("accessKeyId"), rowOf("secretAccessKey")];
  const [id, secret] = [await find(idRow), await find(secretRow)];
  if (!id && !secret) return undefined;
  if (!id || !secret) {
    const nameOf = (row: Setting | undefined) => placeName(row?.[place]?.[0] ?? "");
    const [lacking, there] = id ? [secretRow, idRow] : [idRow, secretRow];
    const where = place === "environment" ? "in the environment" : `in ${(id ?? secret)?.source}`;
    throw new CredentialFault(`${nameOf(lacking)} is missing beside ${nameOf(there)} ${where}`, {
      advice: "set both or neither",
    });
  }
  const [token, expiration] = [await find(rowOf("sessionToken")), await find(rowOf("expiration"))];
  return {
    value: {
      accessKeyId: String(id.value),
      secretAccessKey: String(secret.value),
      ...token ? { sessionToken: String(token.value) } : {},
      ...expiration?.value instanceof Date ? { expiration: expiration.value } : {},
    },
    source: place === "environment" ? "the environment" : id.source,
  };
}
