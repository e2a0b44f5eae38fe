import {
  checkWriteConditions,
  type CopyOptions,
  type KeyCall,
  NotFoundError,
  type ObjectInfo,
  PreconditionFailedError,
  StoreError,
  UnavailableError,
} from "@lade/core/backend";
import { conditionHeaders, quoteEtag } from "@lade/service/body";
import type { ServiceClient } from "@lade/service/call";
import { ServiceFault } from "@lade/service/errors";
import { encodePath } from "@lade/service/http";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { headBlob } from "../objects/read_blob.ts";

/** A rename within a container. */
export interface PathRename {
  /** The container. */
  readonly target: AzureTarget;
  /** The shared access signature by which the service reads the source, as a query; where requests have one. */
  readonly signature?: string | undefined;
  /** Key of the object. */
  readonly from: string;
  /** Its new key. */
  readonly to: string;
  /** What is being done to both. */
  readonly calls: { readonly from: KeyCall; readonly to: KeyCall };
}

/**
 * Renames in one step where the account has directories ("Path - Create" of the reference), held to the content that a HEAD
 * saw. Directories that the new key lies in are made.
 */
export async function renamePath(rename: PathRename, options: CopyOptions): Promise<void> {
  const { target, signature, from, to, calls } = rename;
  const { signal, sourceIfMatch } = options;
  const asked = signal ? { signal } : {};
  const matching = sourceIfMatch === undefined ? asked : { ...asked, ifMatch: sourceIfMatch };
  const info = await headBlob(target, from, matching, calls.from.operation);
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
        "x-ms-rename-source": `/${target.container}/${encodePath(from)}${signature ? `?${signature}` : ""}`,
        ...(info.etag !== undefined && { "x-ms-source-if-match": quoteEtag(info.etag) }),
        ...conditionHeaders(options),
      },
    });
  };
  try {
    await move().catch(async (error) => {
      if (codeOf(error) !== "RenameDestinationParentPathNotFound") throw error;
      await makeDirectory(paths, pathOf(target, to.slice(0, to.lastIndexOf("/"))), put);
      await move();
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === "SourcePathNotFound") throw new NotFoundError({ ...calls.from, detail: GONE, cause: error });
    if (code === "SourceConditionNotMet") {
      throw new PreconditionFailedError({ ...calls.from, detail: "it changed meanwhile", cause: error });
    }
    const isLost = error instanceof UnavailableError && !signal?.aborted;
    if (!isLost || !await isRenamed(rename, info, asked)) throw error;
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
    if (codeOf(error) !== "PathAlreadyExists") throw error;
  }
}

/** Whether a rename whose answer was lost was made: the object is where it was to go, and nowhere else. */
async function isRenamed(
  { target, from, to }: PathRename,
  { size }: ObjectInfo,
  asked: { readonly signal?: AbortSignal },
): Promise<boolean> {
  try {
    await headBlob(target, from, asked);
    return false;
  } catch (error) {
    if (!(error instanceof NotFoundError)) return false;
    return await headBlob(target, to, asked).then((there) => there.size === size, () => false);
  }
}

/** Where paths are renamed: beside `account.blob.…`, at `account.dfs.…`; other hosts answer for both. */
function pathsUrl(url: string): string {
  return url.replace(/^(https?:\/\/[^./]+)\.blob\./, "$1.dfs.");
}

function codeOf(error: unknown): string | undefined {
  return error instanceof StoreError && error.cause instanceof ServiceFault ? error.cause.code : undefined;
}
