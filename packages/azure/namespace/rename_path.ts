import {
  checkWriteConditions,
  type CopyOptions,
  NotFoundError,
  type ObjectInfo,
  PreconditionFailedError,
  UnavailableError,
} from "@lade/core/backend";
import { conditionHeaders, quoteEtag } from "@lade/service/body";
import type { ServiceClient } from "@lade/service/call";
import { isRenamed } from "@lade/service/copy";
import { faultOf } from "@lade/service/errors";
import { encodePath } from "@lade/service/http";
import type { ServiceCopy } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { pathOf } from "../client/azure_target.ts";
import { headBlob } from "../objects/read_blob.ts";

/**
 * Renames in one step where the account has directories ("Path - Create" of the reference), held to the content that a HEAD
 * saw. Directories that the new key lies in are made.
 */
export async function renamePath(
  rename: ServiceCopy<AuthorizedTarget>,
  info: ObjectInfo,
  options: CopyOptions,
): Promise<void> {
  const { from: target, fromKey: from, toKey: to, calls } = rename;
  const { credential } = target;
  const { signal } = options;
  const signature = credential.kind === "sas" ? `?${credential.token.replace(/^\?/, "")}` : "";
  if (from === to) return checkWriteConditions(calls.to, info.etag ?? "", options);
  const paths = target.client.at(pathsUrl(target.endpoint.url));
  const put = {
    method: "PUT",
    kind: "other",
    statuses: [201],
    idempotent: false,
    signal,
    call: calls.to,
  } as const;
  const move = async () => {
    await paths.send({
      ...put,
      path: pathOf(target, to),
      headers: {
        "x-ms-rename-source": `/${target.container}/${encodePath(from)}${signature}`,
        ...(info.etag !== undefined && { "x-ms-source-if-match": quoteEtag(info.etag) }),
        ...conditionHeaders(options),
      },
    });
  };
  try {
    await move().catch(async (error) => {
      if (faultOf(error)?.code !== "RenameDestinationParentPathNotFound") throw error;
      await makeDirectory(paths, pathOf(target, to.slice(0, to.lastIndexOf("/"))), put);
      await move();
    });
  } catch (error) {
    const code = faultOf(error)?.code;
    if (code === "SourcePathNotFound") throw new NotFoundError({ ...calls.from, detail: GONE, cause: error });
    if (code === "SourceConditionNotMet") {
      throw new PreconditionFailedError({ ...calls.from, detail: "it changed meanwhile", cause: error });
    }
    const isLost = error instanceof UnavailableError && !signal?.aborted;
    const asked = signal ? { signal } : {};
    const seen = {
      source: info,
      from: () => headBlob(target, from, asked, calls.from),
      to: () => headBlob(target, to, asked, calls.to),
    };
    if (!isLost || !await isRenamed(seen)) throw error;
  }
}

const GONE = "no such object";

/** One that is there already stays. */
async function makeDirectory(
  paths: ServiceClient,
  path: string,
  put: Omit<Parameters<ServiceClient["send"]>[0], "path">,
): Promise<void> {
  try {
    await paths.send({ ...put, path, query: { resource: "directory" }, headers: { "if-none-match": "*" } });
  } catch (error) {
    if (faultOf(error)?.code !== "PathAlreadyExists") throw error;
  }
}

/** Where paths are renamed: beside `account.blob.…`, at `account.dfs.…`; other hosts answer for both. */
function pathsUrl(url: string): string {
  return url.replace(/^(https?:\/\/[^./]+(?:\.z\d{1,3}|\.privatelink)?)\.blob\./, "$1.dfs.");
}
