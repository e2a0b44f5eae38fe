import { S3Error } from "../s3_error.ts";
import { Bucket } from "../store/bucket.ts";
import type { WireResponse } from "@lade/testing/http";
import { childrenOf, parseXml, textOf } from "../xml/parse_xml.ts";
import { element, Xml } from "../../parts/write_xml.ts";
import { bucketOf, type Call, emptyResponse, queryNumber, wholeSeconds, xmlResponse } from "./call.ts";
import { checkBucketName } from "./names.ts";
import { receiveText } from "./receive_body.ts";

/** ListBuckets: the sender's, by name. */
export function listBuckets(call: Call): WireResponse {
  const prefix = call.query.get("prefix") ?? "";
  const after = call.query.get("continuation-token") ?? "";
  const max = queryNumber(call, "max-buckets", { min: 1, max: 10000, fallback: 10000 });
  const own = [...call.server.buckets.values()]
    .filter(({ owner, name }) => owner === call.identity.owner && name.startsWith(prefix) && name > after)
    .toSorted((a, b) => a.name < b.name ? -1 : 1);
  const page = own.slice(0, max);
  return xmlResponse("ListAllMyBucketsResult", [
    element("Owner", [element("ID", call.identity.owner)]),
    element(
      "Buckets",
      page.map((bucket) =>
        element("Bucket", [
          element("Name", bucket.name),
          element("CreationDate", new Date(bucket.createdAt).toISOString()),
          element("BucketRegion", bucket.region),
        ])
      ),
    ),
    own.length > max ? element("ContinuationToken", page.at(-1)?.name) : undefined,
  ]);
}

/**
 * CreateBucket: in the region of its location constraint, which must agree with the region of the signature.
 */
export async function createBucket(call: Call): Promise<WireResponse> {
  checkBucketName(call.bucketName);
  const text = await receiveText(call);
  const constraint = text === "" ? undefined : locationConstraint(text);
  const endpoint = call.identity.signing?.scope.region ?? call.server.settings.region;
  if (constraint === "us-east-1") throw new S3Error("InvalidLocationConstraint");
  if (endpoint !== "us-east-1" && constraint !== endpoint) {
    throw new S3Error("IllegalLocationConstraintException");
  }
  const existing = call.server.buckets.get(call.bucketName);
  if (existing !== undefined) {
    const own = existing.owner === call.identity.owner;
    throw new S3Error(own ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists", {
      details: { BucketName: call.bucketName },
    });
  }
  call.server.buckets.set(
    call.bucketName,
    new Bucket(call.bucketName, {
      region: constraint ?? "us-east-1",
      owner: call.identity.owner,
      publicAccess: "none",
      requesterPays: false,
      versioning: "off",
      discard: false,
    }, wholeSeconds(call)),
  );
  return emptyResponse(200, { "Location": `/${call.bucketName}` });
}

/** HeadBucket. */
export function headBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  return emptyResponse(200, { "x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false" });
}

/** DeleteBucket. */
export function deleteBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  if (!bucket.empty) throw new S3Error("BucketNotEmpty", { details: { BucketName: bucket.name } });
  call.server.buckets.delete(bucket.name);
  return emptyResponse(204);
}

/** GetBucketLocation. */
export function getBucketLocation(call: Call): WireResponse {
  const { region } = bucketOf(call);
  return xmlResponse("LocationConstraint", region === "us-east-1" ? [] : [new Xml(region)]);
}

/** GetBucketVersioning. */
export function getBucketVersioning(call: Call): WireResponse {
  const { versioning } = bucketOf(call);
  const status = { off: undefined, enabled: "Enabled", suspended: "Suspended" }[versioning];
  return xmlResponse("VersioningConfiguration", [element("Status", status)]);
}

/** PutBucketVersioning. */
export async function putBucketVersioning(call: Call): Promise<WireResponse> {
  const bucket = bucketOf(call);
  const status = textOf(parseXml(await receiveText(call)), "Status");
  if (status !== "Enabled" && status !== "Suspended") throw new S3Error("MalformedXML");
  bucket.versioning = status === "Enabled" ? "enabled" : "suspended";
  return emptyResponse(200);
}

function locationConstraint(text: string): string | undefined {
  const document = parseXml(text);
  if (document.name !== "CreateBucketConfiguration") throw new S3Error("MalformedXML");
  const constraint = textOf(document, "LocationConstraint");
  if (constraint === undefined && childrenOf(document, "Location").length > 0) {
    throw new S3Error("NotImplemented");
  }
  if (constraint !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(constraint)) {
    throw new S3Error("InvalidLocationConstraint");
  }
  return constraint;
}
