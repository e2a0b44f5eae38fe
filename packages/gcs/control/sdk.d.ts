/** A bucket, as far as it is used here. */
export interface Bucket {
  readonly name: string;
  delete(): Promise<unknown>;
  getMetadata(): Promise<readonly [metadata: Readonly<Record<string, unknown>>, ...unknown[]]>;
}

/** The SDK's way to the service, as far as it is used here. */
export declare class Storage {
  constructor(options: {
    readonly projectId: string;
    readonly retryOptions: { readonly autoRetry: boolean; readonly maxRetries: number };
  });
  request(request: unknown, answered: (error: unknown, body?: unknown, response?: unknown) => void): void;
  createBucket(name: string, metadata: Readonly<Record<string, string>>): Promise<unknown>;
  bucket(name: string): Bucket;
  getBuckets(query: { readonly autoPaginate: boolean; readonly pageToken?: string }): Promise<
    readonly [readonly Bucket[], { readonly pageToken?: string } | null, ...unknown[]]
  >;
}
