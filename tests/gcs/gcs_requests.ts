import type { ServiceSetup } from "@lade/testing/service";
import type { Operation } from "../fakes/gcs/mod.ts";

/** What the fake calls each request: larger objects go in parts, or by a session where their size is not known. */
export const GCS_OPERATIONS = {
  read: "xml.getObject",
  head: "objects.get",
  write: "objects.insert",
  begin: ["xml.startMultipart", "resumable.start"],
  writePart: ["xml.putPart", "resumable.put"],
  commit: ["xml.completeMultipart", "resumable.finish"],
  drop: ["xml.abortMultipart", "resumable.cancel"],
  list: "objects.list",
  delete: "objects.delete",
  deleteBatch: "batch",
  copy: ["objects.rewrite", "objects.move"],
} as const satisfies Record<keyof ServiceSetup["operations"], Operation | readonly Operation[]>;

/** Calls that make more requests than the fewest: what is copied is seen first. */
export const GCS_REQUESTS: NonNullable<ServiceSetup["requests"]> = {
  "copy()": { head: 1, copy: 1 },
  "rename()": { head: 1, copy: 1 },
};
