/** What messages call the object of a URI: a file where its scheme is one of files. */
export function objectNoun(uri: string): "file" | "object" {
  return /^(?:file|direct):/.test(uri) ? "file" : "object";
}
