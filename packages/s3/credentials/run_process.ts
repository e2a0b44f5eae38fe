import { printable, quote, redactSecrets } from "@lade/core/text";
import type { Clock } from "@lade/core";
import type { Sourced } from "@lade/core/settings";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { CommandLimitError, jsonFields, runCommand } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";

/** Some commands wait for a touch, or for a browser. */
const BOUNDS = { timeoutMs: 120_000, maxBytes: 2 ** 20 };
const SHOWN_CHARACTERS = 200;

/**
 * Runs a `credential_process` by `/bin/sh` and reads the keys that it prints ("Sourcing credentials with an external
 * process" of the AWS CLI). It has no standard input: that belongs to this program.
 */
export async function runProcess(command: Sourced<string>, clock: Clock): Promise<S3Credentials> {
  const what = `credential_process ${
    quote(shorten(concealed(redactSecrets(command.value))))
  } of ${command.source}`;
  const { code, signal, stdout, stderr } = await runCommand(command.value, clock, BOUNDS).catch(
    (error: unknown) => {
      if (error instanceof CommandLimitError) throw new CredentialFault(`${what} ${error.message}`);
      throw isDenied(error)
        ? new CredentialFault(`${what} may not be run`, { advice: "allow it by --allow-run", cause: error })
        : new CredentialFault(`${what} cannot be run`, { cause: error });
    },
  );
  const said = stderr.trim() === ""
    ? ""
    : `: ${shorten(printable(redactSecrets(stderr.trim().replace(/\s+/g, " "))))}`;
  if (signal) throw new CredentialFault(`${what} was ended by ${signal}${said}`);
  if (code !== 0) throw new CredentialFault(`${what} failed with exit code ${code}${said}`);
  const fields = jsonFields(stdout);
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  if (Object.keys(fields).length === 0) throw new CredentialFault(`${what} printed no JSON object${said}`);
  if (fields["Version"] !== 1) throw new CredentialFault(`${what} printed no "Version": 1${said}`);
  const [accessKeyId, secretAccessKey] = [text("AccessKeyId"), text("SecretAccessKey")];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const lacking = accessKeyId === undefined ? "AccessKeyId" : "SecretAccessKey";
    throw new CredentialFault(`${what} printed no "${lacking}"${said}`);
  }
  const [sessionToken, until] = [text("SessionToken"), text("Expiration")];
  const expiration = until === undefined ? undefined : new Date(until);
  if (expiration && Number.isNaN(expiration.getTime())) {
    throw new CredentialFault(`${what} printed an "Expiration" that is no time`);
  }
  if (expiration && expiration.getTime() <= clock.now()) {
    throw new CredentialFault(`${what} printed keys that have expired (${expiration.toISOString()})`);
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

function isDenied(error: unknown): boolean {
  return error instanceof Error &&
    (/NotCapable|PermissionDenied/.test(error.name) || /requires run access/i.test(error.message));
}

/** A command line without what may be secret: what stands behind words such as `--token`. */
function concealed(command: string): string {
  return command.replace(
    /((?:--?[\w-]*(?:pass|pwd|secret|token|pin|key)[\w-]*[=\s]\s*|\b\w*(?:pass|pwd|secret|token|pin|key)\w*=))("[^"]*"|'[^']*'|[^\s"';|&]+)/gi,
    "$1***",
  );
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
