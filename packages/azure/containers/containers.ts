import { NotEmptyError } from "@lade/core/backend";
import { unlikeService } from "@lade/service/body";
import { faultOf } from "@lade/service/errors";
import { listNames, type Page, readPages } from "@lade/service/list";
import { childText, type XmlElement } from "@lade/service/xml";
import { AZURE_NAMES } from "../client/azure_names.ts";
import type { AzureTarget } from "../client/azure_target.ts";
import { control, type ControlCall } from "../control/control_plane.ts";
import { askForBlobs } from "../list/page_of_blobs.ts";

/** A container goes in half a minute or more. */
const LOOK_EVERY_MS = 5_000;

/**
 * Makes a container that nobody but who is authorized reads. One of the name that is being deleted is waited for, as long as
 * a call may take.
 */
export async function createContainer(target: AzureTarget, signal?: AbortSignal): Promise<void> {
  const { clock } = target.context;
  const call = { operation: "create", uri: target.uri };
  const endMs = clock.monotonicMs() + target.config.bounds.patienceMs;
  const request: ControlCall = { kind: "write", statuses: [201], idempotent: false, signal, call };
  for (;;) {
    try {
      await control(target, request, (service) => service.getContainerClient(target.container).create());
      return;
    } catch (error) {
      if (faultOf(error)?.code !== "ContainerBeingDeleted" || clock.monotonicMs() >= endMs) throw error;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

/**
 * Deletes a container without blobs, versions, snapshots and uncommitted blocks. The service deletes full ones too, so they
 * are looked for first; the deletion is held to the container that was looked at, not to what is written meanwhile.
 */
export async function deleteContainer(target: AzureTarget, signal?: AbortSignal): Promise<void> {
  const { container, uri } = target;
  const call = { operation: "delete", uri };
  const look: ControlCall = {
    kind: "other",
    statuses: [200],
    idempotent: true,
    signal,
    call: { ...call, step: "look at" },
  };
  const { lastModified } = await control(
    target,
    look,
    (service) => service.getContainerClient(container).getProperties(),
  );
  if (lastModified === undefined) throw unlikeService(call, AZURE_NAMES.service, "it has no Last-Modified");
  const found = await firstIn(target, call, signal);
  if (found !== undefined) {
    throw new NotEmptyError({ ...call, ...found });
  }
  const request: ControlCall = { kind: "removal", statuses: [202], idempotent: false, signal, call };
  await control(target, request, (service) => {
    // Of one that was made anew the time is another one.
    const conditions = { ifUnmodifiedSince: lastModified };
    return service.getContainerClient(container).delete({ conditions });
  });
}

interface Holding {
  readonly detail: string;
  /** Where it is more than to delete it. */
  readonly advice?: string;
}

/** What a container holds, in words; directories of a hierarchical namespace are nothing. */
async function firstIn(
  target: AzureTarget,
  call: ControlCall["call"],
  signal: AbortSignal | undefined,
): Promise<Holding | undefined> {
  const list = { ...call, step: "list" };
  const readPage = (include: string | undefined) => (marker?: string) => {
    const query = { include, maxresults: "100", marker };
    return askForBlobs(target, { query, signal, call: list }, (root) => {
      const blobs = root.children.find(({ name }) => name === "Blobs")?.children ?? [];
      const next = childText(root, "NextMarker");
      return { entries: blobs.filter((blob) => !isDirectory(blob)), ...(next && { next }) };
    });
  };
  const find = async (include: string | undefined) => {
    for await (const { page: { entries: [blob] } } of readPages(call, readPage(include))) {
      if (blob) return blob;
    }
  };
  try {
    const blob = await find("snapshots,versions,uncommittedblobs");
    // Azurite gives blocks of no blob an etag, too.
    return blob && await describe(blob, async () => await find(undefined) !== undefined);
  } catch (error) {
    // A hierarchical namespace has no versions, and no blocks without a blob that could be listed.
    if (faultOf(error)?.status !== 400) throw error;
    const blob = await find(undefined);
    return blob && await describe(blob);
  }
}

function isDirectory({ children }: XmlElement): boolean {
  const properties = children.find(({ name }) => name === "Properties");
  return properties !== undefined && childText(properties, "ResourceType") === "directory";
}

async function describe(
  blob: XmlElement,
  holdsObjects: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<Holding> {
  const named = JSON.stringify(childText(blob, "Name") ?? "");
  const holds = (what: string) => ({ detail: `the container holds ${what} ${named}` });
  if (childText(blob, "Snapshot")) return holds("a snapshot of");
  if (childText(blob, "VersionId") && childText(blob, "IsCurrentVersion") !== "true") {
    return holds("an earlier version of");
  }
  const properties = blob.children.find(({ name }) => name === "Properties");
  if (properties && childText(properties, "Etag") && await holdsObjects()) return holds("the object");
  return {
    detail: `the container holds blocks of ${named}, which no object has yet`,
    advice: "wait until its writer has ended; else put an object there and delete it, which drops them",
  };
}

/** Lists the names of the account's containers. */
export function listContainers(
  account: AzureTarget,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  const call = { operation: "list", uri: account.uri, step: "list containers of" };
  const request: ControlCall = {
    kind: "document",
    root: "EnumerationResults",
    idempotent: true,
    signal,
    call,
  };
  const read = (continuationToken?: string) =>
    control(account, request, async (service): Promise<Page<string>> => {
      const pages = service.listContainers().byPage(
        continuationToken === undefined ? {} : { continuationToken },
      );
      const { value } = await pages.next();
      const entries: string[] = value.containerItems.map(({ name }: { readonly name?: string }) => {
        if (!name) throw unlikeService(call, AZURE_NAMES.service, "a container has no name");
        return name;
      });
      return { entries, ...(value.continuationToken && { next: String(value.continuationToken) }) };
    });
  return listNames(call, read, signal);
}
