import { checkEtags, checkReadConditions, checkWriteOptions } from "../conditions/conditions.ts";
import { checkMetadataNames } from "../write/check_metadata_names.ts";
import { checkVersion } from "../conditions/check_version.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { HeadOptions, ObjectAttributes, PutOptions } from "../contract/types.ts";
import { NotFoundError, UnsupportedError } from "../errors/errors.ts";
import { checkKey, objectUri } from "../uri/check_key.ts";
import type { MemoryContainer, MemoryObject } from "./memory_container.ts";
import { checkText } from "./memory_listing.ts";
import { refuseUnkept } from "./memory_object.ts";

/** Refuses calls that a container does not take, before anything is done. */
export class MemoryChecks {
  readonly #store: Pick<ObjectStore, "uri" | "keyFault" | "metadataNameFault">;
  readonly #container: MemoryContainer;

  /** Checks calls of `store`, which has the rules of names. */
  constructor(
    store: Pick<ObjectStore, "uri" | "keyFault" | "metadataNameFault">,
    container: MemoryContainer,
  ) {
    this.#store = store;
    this.#container = container;
  }

  /** A call for a key. */
  begin(operation: string, key: string, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    checkKey(operation, this.#store, key);
    this.checkContainer(operation);
  }

  /** A call that writes. */
  beginWrite(operation: string, key: string, options: PutOptions): void {
    this.begin(operation, key, options.signal);
    checkWriteOptions({ operation, uri: objectUri(this.#store.uri, key) }, options);
    this.checkAttributes(operation, key, options);
  }

  /** A call that lists; `texts` are its prefix and where it starts. */
  beginListing(texts: readonly string[], signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.checkContainer("list");
    for (const text of texts) checkText(this.#store.uri, text);
  }

  /** Attributes that are to be stored. */
  checkAttributes(operation: string, key: string, given: ObjectAttributes & PutOptions): void {
    const subject = { operation, uri: objectUri(this.#store.uri, key) };
    checkMetadataNames(subject, this.#store, given);
    refuseUnkept(subject, given);
  }

  /** The object that a call reads, if its conditions hold. */
  read(operation: string, key: string, options: HeadOptions): MemoryObject {
    this.begin(operation, key, options.signal);
    const subject = { operation, uri: objectUri(this.#store.uri, key) };
    checkEtags(subject, options);
    const object = this.find(operation, key, options.version);
    checkReadConditions(subject, object.info.etag, options);
    return object;
  }

  /** The object or version that a call is about. */
  find(operation: string, key: string, version: string | undefined): MemoryObject {
    this.checkVersion(operation, key, version);
    const object = this.#container.find(key, version);
    if (object) return object;
    const detail = version === undefined ? "no such object" : `no version ${JSON.stringify(version)}`;
    throw new NotFoundError({ operation, uri: objectUri(this.#store.uri, key), detail });
  }

  /** The container, which may be deleted. */
  checkContainer(operation: string): void {
    if (!this.#container.isDeleted) return;
    throw new NotFoundError({ operation, uri: this.#store.uri, detail: "the container is deleted" });
  }

  /** A version that is named. */
  checkVersion(operation: string, key: string, version: string | undefined): void {
    if (version !== undefined) this.needVersions(operation, key);
    checkVersion(operation, objectUri(this.#store.uri, key), version);
  }

  /** That versions are kept. */
  needVersions(operation: string, key: string): void {
    if (this.#container.versioning) return;
    throw this.unsupported(operation, key, "the container keeps no versions");
  }

  /** The error of what no container does. */
  unsupported(operation: string, key: string, detail: string, advice?: string): UnsupportedError {
    return new UnsupportedError({ operation, uri: objectUri(this.#store.uri, key), detail, advice });
  }
}
