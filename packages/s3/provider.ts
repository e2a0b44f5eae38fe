/**
 * The provider of `s3://`, and no more; `@lade/s3` has it too.
 *
 * @module
 */
export { s3Provider } from "./s3_provider.ts";
export type { S3Surroundings } from "./store/s3_surroundings.ts";
