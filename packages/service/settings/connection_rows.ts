import {
  fileType,
  flagType,
  oneOfType,
  orWord,
  type Setting,
  type SettingType,
  wholeType,
} from "@lade/core/settings";
import { hostsType } from "./hosts_type.ts";

const isEndpoint = (value: unknown) => {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username &&
    !url.password;
};

/** The base URL of a service, without user, query and fragment. */
export const endpointType: SettingType = {
  expected: "a URL such as https://host:9000",
  shown: "URL",
  example: "https://host:9000",
  accepts: isEndpoint,
  parse: (text) => isEndpoint(text) ? text : undefined,
};

/** How a service is connected to, by the names of the settings; a backend adds where else each is read from. */
export const CONNECTION_ROWS: Readonly<
  Record<
    | "anonymous"
    | "endpointAddresses"
    | "caBundle"
    | "verifySsl"
    | "allowHttp"
    | "transport"
    | "hedging"
    | "lanes"
    | "maxAttempts",
    Setting
  >
> = {
  anonymous: {
    name: "anonymous",
    group: "identity",
    type: flagType,
    default: false,
    help: "signs nothing, for public containers",
    flag: { name: "--no-sign-request", help: "Ask without keys, for public containers" },
  },
  endpointAddresses: {
    name: "endpointAddresses",
    group: "endpoint",
    type: hostsType,
    help: "machines that the endpoint is reached at, in place of those its name leads to: see tuning.md",
  },
  caBundle: {
    name: "caBundle",
    type: fileType,
    help: "PEM certificates to trust besides the system's",
    flag: { name: "--ca-bundle", metavar: "FILE", help: "Trust the certificates in this PEM file too" },
  },
  verifySsl: {
    name: "verifySsl",
    type: flagType,
    default: true,
    help:
      "verifies the service's certificate; without it anybody on the way can read and change what is sent",
    flag: {
      name: "--no-verify-ssl",
      says: false,
      help: "Trust any certificate of the service: only where nothing is secret",
    },
  },
  allowHttp: {
    name: "allowHttp",
    type: flagType,
    default: false,
    help: "allows `http://` endpoints on other machines; on this one they are always allowed",
  },
  transport: {
    name: "transport",
    type: oneOfType("auto", "tcp", "fetch"),
    default: "auto",
    help: "sockets, or `fetch`; `auto` is `fetch` where `HTTPS_PROXY` is set, or outside Deno",
  },
  hedging: {
    name: "hedging",
    type: flagType,
    environment: ["LADE_HEDGING"],
    default: true,
    help:
      "asks once more, on another connection, for what is slower than its peers; at most 5 % more requests",
  },
  lanes: {
    name: "lanes",
    type: orWord(wholeType({ least: 0, most: 64 }), "auto"),
    environment: ["LADE_LANES"],
    default: "auto",
    help: "threads that large bodies are moved by, at most; `auto` is one for each core beside the first",
  },
  maxAttempts: {
    name: "maxAttempts",
    type: wholeType({ least: 1, most: 1000 }),
    help: "tries of one request, the first included; else 8, and 64 while the service is away: see bounds.md",
    flag: { name: "--max-attempts", metavar: "N", help: "Try each request up to N times in all" },
  },
};
