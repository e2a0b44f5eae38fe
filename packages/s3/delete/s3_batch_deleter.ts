import type { DeleteObjectsCommandOutput } from "@aws-sdk/client-s3";
import { type ObjectToDelete, objectUri, ServiceError, UnsupportedError } from "@lade/core/backend";
import type { BatchDeleter, DeleteOutcome } from "@lade/service/delete";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { ControlPlane } from "../sdk/control_plane.ts";
import { s3KeyFault } from "../endpoint/s3_key_fault.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { quoteEtag } from "@lade/service/body";
import { isRefusedHeader } from "../wire/plainer_way.ts";
import { deleteObject, deletePermission } from "./delete_object.ts";

/** Keys of one DeleteObjects at most ("DeleteObjects" of the Amazon S3 API reference). */
const MAX_KEYS = 1000;

/** Characters that XML 1.0 cannot hold, not even as references. */
// deno-lint-ignore no-control-regex
const NO_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/**
 * Deletes by DeleteObjects. A condition or version goes into a batch at Amazon only: another service may know them in
 * single requests alone, where it is found out.
 */
export class S3BatchDeleter implements BatchDeleter {
  readonly uri: string;
  readonly max = MAX_KEYS;
  readonly #connection: S3Connection;
  readonly #control: ControlPlane;

  /** Deletes from the store `uri`. */
  constructor(connection: S3Connection, control: ControlPlane, uri: string) {
    this.#connection = connection;
    this.#control = control;
    this.uri = uri;
  }

  get isRefused(): boolean {
    return this.#connection.traits.lacks("batch-delete");
  }

  keyFault(key: string): string | undefined {
    return s3KeyFault(this.#connection.config, key);
  }

  fits({ key, version, ifMatch }: ObjectToDelete): boolean {
    // A version without a name is refused where it is deleted alone.
    if (version === "" || NO_XML.test(key) || NO_XML.test(version ?? "")) return false;
    const { endpoint, traits, bucket = "" } = this.#connection;
    if (endpoint.amazon) return true;
    // A service that passes over a version would delete the object.
    return (version === undefined || traits.keepsVersions(bucket)) && ifMatch === undefined;
  }

  async send(
    objects: readonly ObjectToDelete[],
    signal: AbortSignal | undefined,
  ): Promise<readonly DeleteOutcome[]> {
    const connection = this.#connection;
    const permission = [...new Set(objects.map(deletePermission))].join(" and ");
    const call: FailedCall = { operation: "delete from", uri: this.uri, permission };
    // Sent twice, the second would not find what the first one deleted.
    const idempotent = objects.every(({ ifMatch }) => ifMatch === undefined);
    const answer = await this.#control.run(call, { signal, idempotent }, (sdk, client, send) =>
      client.send(
        new sdk.DeleteObjectsCommand({
          Bucket: connection.bucket,
          Delete: {
            Objects: objects.map(({ key, version, ifMatch }) => ({
              Key: key,
              ...(version === undefined ? {} : { VersionId: version }),
              ...(ifMatch === undefined ? {} : { ETag: quoteEtag(ifMatch) }),
            })),
            Quiet: false,
          },
          ...(connection.config.requestPayer ? { RequestPayer: "requester" } : {}),
        }),
        send,
      ));
    return this.#outcomes(objects, answer);
  }

  async sendOne({ key, ...conditions }: ObjectToDelete, signal: AbortSignal | undefined): Promise<void> {
    const options = signal === undefined ? conditions : { ...conditions, signal };
    await deleteObject(this.#connection, objectUri(this.uri, key), key, options);
  }

  isRefusal(error: unknown): boolean {
    return error instanceof UnsupportedError || isRefusedHeader(error);
  }

  foundRefused(): void {
    this.#connection.traits.found("batch-delete", this.#connection.tellTrait);
  }

  #outcomes(
    objects: readonly ObjectToDelete[],
    { Deleted = [], Errors = [] }: DeleteObjectsCommandOutput,
  ): readonly DeleteOutcome[] {
    const outcomes = new Map<ObjectToDelete, DeleteOutcome>();
    const byKey = Map.groupBy(objects, ({ key }) => key);
    const meant = (key: string | undefined, version: string | undefined): readonly ObjectToDelete[] => {
      const ofKey = byKey.get(key ?? "") ?? [];
      // An answer without a version is understood where the key was given once.
      return ofKey.length === 1 && version === undefined
        ? ofKey
        : ofKey.filter((object) => object.version === version);
    };
    for (const { Key, VersionId } of Deleted) {
      for (const object of meant(Key, VersionId)) outcomes.set(object, undefined);
    }
    for (const { Key, VersionId, Code, Message } of Errors) {
      for (const object of meant(Key, VersionId)) {
        const fault = new S3Fault({ status: 200, code: Code, message: Message });
        const isGone = Code === "NoSuchKey" || Code === "NoSuchVersion";
        outcomes.set(object, isGone ? undefined : this.#connection.storeError(fault, this.#callOf(object)));
      }
    }
    return objects.map((object) => {
      if (outcomes.has(object)) return outcomes.get(object);
      const detail = "the service does not say what became of it";
      return new ServiceError({ ...this.#callOf(object), detail, retryable: true });
    });
  }

  #callOf(object: ObjectToDelete): FailedCall {
    const uri = objectUri(this.uri, object.key);
    return { operation: "delete", uri, permission: deletePermission(object) };
  }
}
