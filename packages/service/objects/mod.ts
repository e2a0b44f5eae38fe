/**
 * Objects of a service that gives them as HTTP has it: a GET with a range, a HEAD.
 *
 * @module
 */
export { describeObject, getObject, headObject, type ServedObject } from "./read_objects.ts";
