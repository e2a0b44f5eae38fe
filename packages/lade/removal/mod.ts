/**
 * What is left to remove when the objects of a directory are gone.
 *
 * @module
 */
export { removeDirectory } from "./remove_directory.ts";
