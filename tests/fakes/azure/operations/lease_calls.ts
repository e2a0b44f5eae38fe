import type { WireResponse } from "@lade/testing/http";
import { randomUUID } from "node:crypto";
import { badHeader, missingHeader } from "../azure_error.ts";
import type { Lease } from "../store/lease.ts";
import { type Call, containerOf, emptyResponse } from "./call.ts";
import { checkWriteConditions } from "./conditions.ts";
import { findCurrent } from "./find_blob.ts";

/** Lease Blob. */
export function leaseBlob(call: Call): WireResponse {
  const { entry, blob } = findCurrent(call);
  checkWriteConditions(call.headers, blob);
  return changeLease(call, entry.lease, blob);
}

/** Lease Container. */
export function leaseContainer(call: Call): WireResponse {
  const container = containerOf(call);
  checkWriteConditions(call.headers, container);
  return changeLease(call, container.lease, container);
}

function changeLease(
  { headers, server }: Call,
  lease: Lease,
  { etag, lastModified }: { readonly etag: string; readonly lastModified: number },
): WireResponse {
  const now = server.now();
  const action = headers.get("x-ms-lease-action")?.toLowerCase();
  const answered = { "ETag": etag, "Last-Modified": new Date(lastModified).toUTCString() };
  const told = (status: number) => emptyResponse(status, { ...answered, "x-ms-lease-id": lease.id ?? "" });
  switch (action) {
    case "acquire": {
      const seconds = numberIn(headers.get("x-ms-lease-duration"), "x-ms-lease-duration", -1, 60);
      if (seconds !== -1 && (seconds ?? 0) < 15) throw badHeader("x-ms-lease-duration", String(seconds));
      const id = guidIn(headers.get("x-ms-proposed-lease-id")) ?? randomUUID();
      lease.acquire(id, seconds === -1 ? Infinity : (seconds ?? 0) * 1000, now);
      return told(201);
    }
    case "renew":
      lease.renew(requiredId(headers.get("x-ms-lease-id"), "x-ms-lease-id"), now);
      return told(200);
    case "change": {
      const proposed = requiredId(headers.get("x-ms-proposed-lease-id"), "x-ms-proposed-lease-id");
      lease.change(requiredId(headers.get("x-ms-lease-id"), "x-ms-lease-id"), proposed, now);
      return told(200);
    }
    case "release":
      lease.release(requiredId(headers.get("x-ms-lease-id"), "x-ms-lease-id"));
      return emptyResponse(200, answered);
    case "break": {
      const period = numberIn(headers.get("x-ms-lease-break-period"), "x-ms-lease-break-period", 0, 60);
      const seconds = lease.break(period === undefined ? undefined : period * 1000, now);
      return emptyResponse(202, { ...answered, "x-ms-lease-time": String(seconds) });
    }
  }
  throw badHeader("x-ms-lease-action", action);
}

function numberIn(text: string | undefined, name: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < least || value > most) throw badHeader(name, text);
  return value;
}

function guidIn(text: string | undefined): string | undefined {
  if (text !== undefined && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw badHeader("x-ms-proposed-lease-id", text);
  }
  return text?.toLowerCase();
}

function requiredId(text: string | undefined, name: string): string {
  if (text === undefined) throw missingHeader(name);
  return text.toLowerCase();
}
