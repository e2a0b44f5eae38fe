import { quote } from "@lade/core/text";
import type { FailedCall, FaultReading, ServiceFault } from "@lade/service/errors";
import { NO_BUCKET_ROW, NO_VERSION_ROW } from "./error_table.ts";

/** The permission that a call needs, by what it does. */
const NEEDS: readonly (readonly [step: RegExp, permission: string])[] = [
  [/^list buckets/, "storage.buckets.list"],
  [/^create bucket$/, "storage.buckets.create"],
  [/^delete bucket$/, "storage.buckets.delete"],
  [/^list/, "storage.objects.list"],
  [/^(?:get|head|read|look|stream)/, "storage.objects.get"],
  [/^delete/, "storage.objects.delete"],
  [/^move/, "storage.objects.move"],
  [/attributes/, "storage.objects.update"],
  [/^/, "storage.objects.create"],
];

/** The least role that has a permission. */
const ROLES: readonly (readonly [permission: RegExp, role: string])[] = [
  [/^storage\.objects\.(?:get|list)$/, "roles/storage.objectViewer"],
  [/^storage\.objects\.create$/, "roles/storage.objectCreator"],
  [/^storage\.(?:objects|multipartUploads|folders|managedFolders)\./, "roles/storage.objectUser"],
  [/^storage\.buckets\.(?:get|list)$/, "roles/storage.bucketViewer"],
  [/^storage\./, "roles/storage.admin"],
  [/^iam\.serviceAccounts\./, "roles/iam.serviceAccountTokenCreator"],
];

/**
 * What a refusal means to who asked: which permission is lacking, and by what role it is had, in the service's words or, where
 * it names none, by what the call does. And what is not there, where a 404 does not say it. The URL is that of the endpoint.
 */
export function explainFault(
  fault: ServiceFault,
  { operation, step = operation, uri }: FailedCall,
  identity: string,
  url: string,
): FaultReading {
  const { code, message, status } = fault;
  const isBucket = /^gs:\/\/[^/]*$/.test(uri);
  if (status === 404 && /^(?:|notFound|NoSuchKey)$/.test(code)) {
    const isObject = /No such object|\bupload\b/i.test(message);
    if (!isObject && (isBucket || /^(?:list|put|write|create|stream)/.test(step))) {
      return { row: NO_BUCKET_ROW };
    }
    if (step.includes("version") && !message.includes("bucket does not")) return { row: NO_VERSION_ROW };
  }
  const [, principal, named] = /(\S+) does not have ([\w.]+) access/.exec(message) ?? [];
  const [, denied] = /Permission '([\w.]+)' denied/.exec(message) ?? [];
  const [, needed = ""] = NEEDS.find(([says]) => says.test(isBucket ? `${step} bucket` : step)) ?? [];
  const said = named ?? denied;
  const permission = said ?? needed;
  const [, role = ""] = ROLES.find(([having]) => having.test(permission)) ?? [];
  const place = /^storage\.buckets\.(?:create|list)$/.test(permission)
    ? "the project, and check that it is the right one"
    : permission.startsWith("iam.")
    ? "the service account"
    : "the bucket";
  const isOther = principal !== undefined && /[@:]/.test(principal) && !identity.includes(principal);
  const asker = isOther ? quote(principal) : identity;
  const words: Readonly<Record<string, string>> = {
    denied: said === undefined ? asker : `${asker}, who lacks ${said}`,
    nobody: `nobody is signed in${said === undefined ? "" : `, and ${said} is not for everybody`}`,
    signIn: url.startsWith("http:")
      ? "name credentials by an option (credentialsFile), since those of the environment do not go to an endpoint without TLS"
      : "sign in (gcloud auth application-default login), or set GOOGLE_APPLICATION_CREDENTIALS",
    grant: `grant ${role}, which has ${permission}, on ${place}; it takes a few minutes to hold`,
  };
  return { words: (name) => words[name] };
}
