import { type CallOptions, checkCall } from "@lade/core/backend";
import { ServiceStore } from "@lade/service/store";
import type { PendingPart } from "@lade/service/parts";
import { S3_OPERATIONS } from "./s3_operations.ts";
import type { S3Store } from "./s3_store.ts";
import { type OpenedConnection, type S3Target, s3Target } from "./s3_target.ts";

/** What stands behind an `S3Store`. */
export class BucketStore extends ServiceStore<S3Target> implements S3Store {
  /** Made by `openS3Store`; `container` is as its URI names it. */
  constructor({ container, connection, context, close }: OpenedConnection & { readonly container: string }) {
    super(s3Target(container, connection, context), S3_OPERATIONS, close);
  }

  get endpoint(): string {
    return this.target.connection.endpoint.serviceUrl;
  }

  get region(): string {
    return this.target.connection.region;
  }

  get identity(): string {
    return this.target.connection.setting.identity;
  }

  async *listParts(
    key: string,
    uploadId: string,
    options: CallOptions = {},
  ): AsyncGenerator<PendingPart, void, void> {
    const { uri } = checkCall(this, "list the parts of", key);
    const { listParts } = await import("../upload/list_parts.ts");
    yield* listParts(this.target.connection, uri, key, uploadId, options);
  }
}
