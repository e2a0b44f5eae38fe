/**
 * The providers of `file://` and `direct://`, and no more; `@lade/fs` has them too.
 *
 * @module
 */
export { directProvider, fileProvider } from "./local_provider.ts";
