/**
 * What a backend takes from the process around it: variables, the home directory, files of text and of certificates.
 *
 * @module
 */
export { type Environment, isGranted, type Permission, systemEnvironment, whyClosed } from "./environment.ts";
export { expandPath, homeDirectory, shortPath } from "./home.ts";
export { type FileSources, readBundle } from "./read_bundle.ts";
export { type ReadTextFile, readTextFile, whyUnread } from "./read_text_file.ts";
