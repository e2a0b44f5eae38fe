import { batch } from "./batch.ts";
import * as buckets from "./buckets.ts";
import type { Handler } from "./call.ts";
import { composeObject } from "./compose.ts";
import { moveObject, rewriteObject } from "./copies.ts";
import { insertObject } from "./insert_object.ts";
import { listObjects } from "./list_objects.ts";
import * as objects from "./object_calls.ts";
import * as parts from "./parts.ts";
import { headObject, readObject } from "./read_object.ts";
import { cancelResumable, putChunk, startResumable } from "./resumable.ts";
import type { Operation } from "./route.ts";
import * as xml from "./xml_calls.ts";

/** What does each operation. */
export const HANDLERS: Readonly<Record<Operation, Handler>> = {
  "batch": batch,
  "buckets.delete": buckets.deleteBucket,
  "buckets.get": buckets.getBucket,
  "buckets.insert": buckets.insertBucket,
  "buckets.list": buckets.listBuckets,
  "buckets.patch": buckets.patchBucket,
  "objects.compose": composeObject,
  "objects.delete": objects.deleteObject,
  "objects.get": objects.getObject,
  "objects.getMedia": readObject,
  "objects.insert": insertObject,
  "objects.list": listObjects,
  "objects.move": moveObject,
  "objects.patch": objects.patchObject,
  "objects.rewrite": rewriteObject,
  "resumable.cancel": cancelResumable,
  "resumable.finish": putChunk,
  "resumable.put": putChunk,
  "resumable.query": putChunk,
  "resumable.start": startResumable,
  "xml.abortMultipart": parts.abortMultipart,
  "xml.completeMultipart": parts.completeMultipart,
  "xml.deleteObject": objects.deleteObject,
  "xml.getObject": readObject,
  "xml.headObject": headObject,
  "xml.listMultiparts": parts.listMultiparts,
  "xml.listParts": parts.listParts,
  "xml.putObject": xml.putXmlObject,
  "xml.putPart": parts.putPart,
  "xml.startMultipart": parts.startMultipart,
};
