import { Lade } from "./lade.ts";

/**
 * The `Lade` that the free functions of this package use, made when one of them is first called. It is the one piece
 * of state that importing this package brings; pass a `Lade` of your own around where that is unwanted.
 */
export function defaultLade(): Lade {
  return shared ??= new Lade();
}

let shared: Lade | undefined;

/** Opens a store of the caller's own: a `PrefixStore` when the URI names a prefix. See {@linkcode Lade.openStore}. */
export function openStore(...args: Parameters<Lade["openStore"]>): ReturnType<Lade["openStore"]> {
  return defaultLade().openStore(...args);
}

/** Reads a whole object into fresh memory. See {@linkcode Lade.get}. */
export function get(...args: Parameters<Lade["get"]>): ReturnType<Lade["get"]> {
  return defaultLade().get(...args);
}

/** Reads `length` bytes from `offset`, fewer where the object ends. See {@linkcode Lade.getRange}. */
export function getRange(...args: Parameters<Lade["getRange"]>): ReturnType<Lade["getRange"]> {
  return defaultLade().getRange(...args);
}

/** Reads an object, or a range of it, to the start of a buffer. See {@linkcode Lade.readInto}. */
export function readInto(...args: Parameters<Lade["readInto"]>): ReturnType<Lade["readInto"]> {
  return defaultLade().readInto(...args);
}

/** Reads an object as a byte stream. See {@linkcode Lade.stream}. */
export function stream(...args: Parameters<Lade["stream"]>): ReturnType<Lade["stream"]> {
  return defaultLade().stream(...args);
}

/** Reads many whole objects at once and yields them in order, each with its bytes or its error. See {@linkcode Lade.getMany}. */
export function getMany(...args: Parameters<Lade["getMany"]>): ReturnType<Lade["getMany"]> {
  return defaultLade().getMany(...args);
}

/** Writes an object in one step. Text is stored as UTF-8. See {@linkcode Lade.put}. */
export function put(...args: Parameters<Lade["put"]>): ReturnType<Lade["put"]> {
  return defaultLade().put(...args);
}

/** Starts an object of a size not yet known; nobody sees it before its writer closes. See {@linkcode Lade.createWriter}. */
export function createWriter(...args: Parameters<Lade["createWriter"]>): ReturnType<Lade["createWriter"]> {
  return defaultLade().createWriter(...args);
}

/** Lists what starts with a URI, ascending. See {@linkcode Lade.list}. */
export function list(...args: Parameters<Lade["list"]>): ReturnType<Lade["list"]> {
  return defaultLade().list(...args);
}

/** Tells what an object is. See {@linkcode Lade.stat}. */
export function stat(...args: Parameters<Lade["stat"]>): ReturnType<Lade["stat"]> {
  return defaultLade().stat(...args);
}

/** Whether an object exists; any failure but a missing object rejects. See {@linkcode Lade.exists}. */
export function exists(...args: Parameters<Lade["exists"]>): ReturnType<Lade["exists"]> {
  return defaultLade().exists(...args);
}

/** Removes an object, or with `recursive` everything under a prefix, and resolves with the number of objects removed. See {@linkcode Lade.remove}. */
export function remove(...args: Parameters<Lade["remove"]>): ReturnType<Lade["remove"]> {
  return defaultLade().remove(...args);
}

/** Copies an object, within a store by the store's own means, between stores through this process. See {@linkcode Lade.copy}. */
export function copy(...args: Parameters<Lade["copy"]>): ReturnType<Lade["copy"]> {
  return defaultLade().copy(...args);
}

/** Uploads local files, and directories with all below them, to a prefix. See {@linkcode Lade.upload}. */
export function upload(...args: Parameters<Lade["upload"]>): ReturnType<Lade["upload"]> {
  return defaultLade().upload(...args);
}

/** Downloads an object, or everything under a prefix, into a local directory. See {@linkcode Lade.download}. */
export function download(...args: Parameters<Lade["download"]>): ReturnType<Lade["download"]> {
  return defaultLade().download(...args);
}
