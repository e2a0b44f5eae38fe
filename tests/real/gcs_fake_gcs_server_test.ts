import { gcsProvider } from "@lade/gcs";
import { conformance, providerConformance } from "@lade/testing/conformance";
import { FAKE_GCS_SERVER, openNewBucket } from "./fake_gcs_server.ts";
import { whereInstalled } from "./where_installed.ts";

const CONDITIONS = "fake-gcs-server passes over conditions on copies and deletions";
const KEPT = "a copy of fake-gcs-server keeps of its source whatever is not given another value";
const PATCHED = "fake-gcs-server answers changes of attributes in a form of its own";
const NO_HEIR = "Cloud Storage brings no earlier generation back by itself";

/** Writes by sessions that outlive their writers. */
const RESUMED = "fake-gcs-server takes the question how far a session is for its end, and cancels none";

/** Cases that fake-gcs-server cannot pass, each with the reason. */
const skip: Readonly<Record<string, string>> = {
  'copy() and rename() with ifNoneMatch "*" replace nothing': CONDITIONS,
  "copy() and rename() with ifMatch replace that target only": CONDITIONS,
  'ifIgnored "look" weakens no condition that does not hold': CONDITIONS,
  "delete() with ifMatch deletes that content only": CONDITIONS,
  "deleteMany() with ifMatch deletes what has that etag alone, and tells the others apart": CONDITIONS,
  "deleteMany() of one key with two conditions holds each for itself": CONDITIONS,
  "of 8 racing copy() or rename() calls that create, one wins, and the others keep their source": CONDITIONS,
  "of a put() and a delete() that race for one content, one wins": CONDITIONS,
  "a condition of a copy that is taken back after the call began still holds": CONDITIONS,
  "a condition of a deletion that is taken back after the call began still holds": CONDITIONS,
  "copy() with attributes stores these in place of the source's, also onto itself": KEPT,
  "copyObject() of an object onto itself with attributes changes these alone": PATCHED,
  "setAttributes() replaces what is given, and keeps the other attributes and the bytes": PATCHED,
  "setAttributes() with ifMatch changes that content's attributes only": PATCHED,
  "setAttributes() keeps the storage class, or moves the object to the one that is given": PATCHED,
  "delete() of the latest version makes the one before it the latest": NO_HEIR,
  "deleteMany() with version removes those versions for good, and tells them": NO_HEIR,
  "resumePartWriter() goes on after any number of parts, in any order": RESUMED,
  "resumePartWriter() goes on time and again, a part each time": RESUMED,
  "a resumable write may have any size": RESUMED,
  "a resumable write shows nothing before close(), and the old object until then": RESUMED,
  "a failure, an aborted signal and disposal leave a resumable write; its writer has ended": RESUMED,
  "abort() of a resumable write leaves nothing, also after a failure": RESUMED,
  "abort() after detach() takes nothing away": RESUMED,
  "a resumed write keeps the attributes that it began with": RESUMED,
  "a resumed write with ifNoneMatch loses against an object that was made meanwhile": RESUMED,
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way":
    RESUMED,
  "a resumed write with ifMatch loses once the object changed": RESUMED,
  "resumePartWriter() and abortUpload() refuse the token of another object and what is none": RESUMED,
  "a token that was altered to name another object leads to no upload": RESUMED,
  "resumePartWriter() of a write that is closed or aborted is a NotFoundError": RESUMED,
  "listUploads() shows resumable writes until they are closed or aborted": RESUMED,
  "abortUpload() by the writer's token ends the writer that is at it": RESUMED,
  "a token that was altered to have parts of another size leads to no other bytes": RESUMED,
  "a part that is written already is not written again, nor asked for beyond the last": RESUMED,
};

/** The same of those of a provider. */
const skipOfProvider: Readonly<Record<string, string>> = {
  "copyFrom() between two containers keeps bytes, attributes and tags, and holds conditions": CONDITIONS,
};

whereInstalled(FAKE_GCS_SERVER, (server) => {
  const options = { skip, storageClass: "NEARLINE" };
  conformance("GcsStore on fake-gcs-server", () => openNewBucket(server()), Deno.test, options);
  let count = 0;
  providerConformance(
    "gcsProvider() on fake-gcs-server",
    () => {
      return Promise.resolve({
        provider: gcsProvider({ env: () => undefined }),
        newName: () => `provided-${++count}`,
        options: { config: { endpoint: server().url, project: "tests" } },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
    Deno.test,
    { skip: skipOfProvider },
  );
});
