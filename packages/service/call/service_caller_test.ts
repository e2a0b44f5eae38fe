import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ServiceError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { commonFaultOptions, ServiceFault } from "../errors/mod.ts";
import { createTransport, EndpointSigns } from "../http/mod.ts";
import { TokenCache } from "../tokens/mod.ts";
import type { Authorizer, UnauthorizedRequest } from "./authorizer.ts";
import { BearerAuthorizer, type BearerToken } from "./bearer_authorizer.ts";
import type { RedirectPolicy } from "./redirect_trust.ts";
import { ServiceCaller, type ServiceRequest } from "./service_caller.ts";
import type { ServiceDialect } from "./service_dialect.ts";

/** A service that says `no: CODE` where it fails, and names each of its answers. */
const DIALECT: ServiceDialect = {
  faults: {
    isReport: (body) => body.startsWith("no: "),
    read: (reply) =>
      new ServiceFault({
        ...commonFaultOptions(reply),
        code: reply.body.startsWith("no: ") ? reply.body.slice(4) : "",
        marked: reply.origin?.marked ?? false,
      }),
  },
  form: "text",
  rootOf: (start) => start.split(":")[0],
  errorRoots: ["no"],
  receipts: ["etag"],
  isReceiptBody: () => false,
};

const POLICY: RedirectPolicy = {
  allowHttp: false,
  hosts: [],
  isSigned: (query) => "signature" in query,
  unsigned: (headers) => headers,
  secretIn: (names) => names.find((name) => name === "authorization"),
};

/** A request as the service saw it. */
interface Seen {
  readonly path: string;
  readonly authorization: string | null;
}

/** Starts a service that answers by `answer`, and opens a caller of it. */
async function start(
  answer: (seen: Seen, count: number) => Response,
  policy: Partial<RedirectPolicy> | "none" = {},
) {
  const seen: Seen[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const one = { path: pathname + search, authorization: request.headers.get("authorization") };
    seen.push(one);
    const response = answer(one, seen.length);
    response.headers.set("x-toy-id", "1");
    return response;
  });
  const host = `127.0.0.1:${server.addr.port}`;
  let unread = 0;
  const shown: string[] = [];
  const transport = createTransport({
    retry: { maxAttempts: 1 },
    observer: {
      attemptStarted: ({ url }) => shown.push(url),
      responded: () => unread++,
      finished: () => unread--,
    },
  });
  let place = "/a";
  const caller = new ServiceCaller({
    transport,
    dialect: DIALECT,
    signs: new EndpointSigns({ ids: ["x-toy-id"], prefixes: ["x-toy-"] }),
    ...policy !== "none" && { redirects: { ...POLICY, ...policy } },
    endpoint: () => ({ secure: false, host, hostname: "127.0.0.1" }),
    clock: new FakeClock(),
  });
  const request: ServiceRequest = {
    method: "GET",
    place: () => ({ path: place, query: "" }),
    headers: {},
    rule: { kind: "object", statuses: [200], unasked: [] },
    call: { operation: "get", uri: "toy://a" },
  };
  return {
    caller,
    host,
    request,
    seen,
    /** The URLs that an observer is shown. */
    shown,
    /** Answers whose body was neither read nor closed. */
    unread: () => unread,
    moveTo: (path: string) => place = path,
    [Symbol.asyncDispose]: async () => {
      await transport.close();
      await server.shutdown();
    },
  };
}

/** Authorizes by tokens that are numbered, and are good for an hour. */
function numbered(): BearerAuthorizer<BearerToken> {
  let count = 0;
  const clock = new FakeClock();
  const source = {
    renewable: true,
    load: () => {
      const expiration = new Date(clock.now() + 3_600_000);
      const value: BearerToken = { token: `T${++count}`, expiration };
      return Promise.resolve({ value, source: "a test" });
    },
  };
  return new BearerAuthorizer(
    new TokenCache<BearerToken>(source, clock, (one, other) => one.token === other.token),
  );
}

const refused = () => new Response("no: Expired", { status: 401 });

Deno.test("ServiceCaller.send() authorizes a request and gives its answer", async () => {
  await using service = await start(() => new Response("yes"));
  const response = await service.caller.send(service.request, numbered());
  assertEquals(await response.body.text(10), "yes");
  assertEquals(service.seen, [{ path: "/a", authorization: "Bearer T1" }]);
});

Deno.test("ServiceCaller.send() puts right what is refused, once, and then tells the fault", async () => {
  await using once = await start((_, count) => count === 1 ? refused() : new Response("yes"));
  await (await once.caller.send(once.request, numbered())).body.discard();
  assertEquals(once.seen.map(({ authorization }) => authorization), ["Bearer T1", "Bearer T2"]);
  await using always = await start(refused);
  const fault = await assertRejects(() => always.caller.send(always.request, numbered()), ServiceFault);
  assertEquals([fault.code, fault.status, always.seen.length], ["Expired", 401, 2]);
});

Deno.test("ServiceCaller.send() asks for the place again after a correction", async () => {
  await using service = await start(({ path }) => path === "/b" ? new Response("yes") : refused());
  const authorizer: Authorizer = {
    authorize: () => [],
    correct: () => {
      service.moveTo("/b");
      return Promise.resolve(true);
    },
  };
  await (await service.caller.send(service.request, authorizer)).body.discard();
  assertEquals(service.seen.map(({ path }) => path), ["/a", "/b"]);
});

Deno.test("ServiceCaller.send() follows a redirect of its own host, three times at most", async () => {
  const to = (location: string) => new Response(null, { status: 307, headers: { location } });
  await using service = await start(({ path }) =>
    path === "/b?x=1" ? new Response("yes") : to(`http://${service.host}/b?x=1`)
  );
  await (await service.caller.send(service.request, numbered())).body.discard();
  assertEquals(service.seen.map(({ path }) => path), ["/a", "/b?x=1"]);
  await using circle = await start(() => to(`http://${circle.host}/a`));
  const fault = await assertRejects(() => circle.caller.send(circle.request, numbered()), ServiceFault);
  assertEquals([fault.status, circle.seen.length], [307, 4]);
});

Deno.test("ServiceCaller.send() corrects after a redirect from the place it began at", async () => {
  await using service = await start(({ path }, count) => {
    if (path !== "/a") return refused();
    if (count > 1) return new Response("yes");
    return new Response(null, { status: 307, headers: { location: `http://${service.host}/b` } });
  });
  await (await service.caller.send(service.request, numbered())).body.discard();
  assertEquals(service.seen.map(({ path }) => path), ["/a", "/b", "/a"]);
});

Deno.test("ServiceCaller.send() lets no secret go to another host, unless the user vouches for it", async () => {
  await using other = await start(() => new Response("yes"));
  const answer = () => new Response(null, { status: 307, headers: { location: `http://${other.host}/a` } });
  await using service = await start(answer);
  for (
    const [headers, authorizer] of [
      [{}, numbered()],
      [{ cookie: "c" }, { authorize: () => [], correct: () => Promise.resolve(false) }],
    ] as const
  ) {
    const error = await assertRejects(
      () => service.caller.send({ ...service.request, headers }, authorizer),
      ServiceError,
      "goes to no other host",
    );
    assertEquals(error.advice, `set redirectHosts to ${other.host} if that host is the service's`);
  }
  await using bare = await start(answer, "none");
  const error = await assertRejects(() => bare.caller.send(bare.request, numbered()), ServiceError);
  assertEquals(error.advice, "check the endpoint, and what stands between here and it");
  assertEquals(other.seen, []);
  await using trusting = await start(answer, { hosts: [other.host] });
  await (await trusting.caller.send(trusting.request, numbered())).body.discard();
  assertEquals(other.seen.map(({ authorization }) => authorization), ["Bearer T1"]);
});

Deno.test("ServiceCaller.send() takes a token into the query, which goes to no other host", async () => {
  const authorizer: Authorizer = {
    authorize: () => [],
    authorizeQuery: (query) => `${query}&token=t`,
    correct: () => Promise.resolve(false),
  };
  await using other = await start(() => new Response("yes"));
  await using service = await start(({ path }) =>
    path.startsWith("/a?") ? new Response("yes") : new Response(null, {
      status: 307,
      headers: { location: `http://${other.host}${path.startsWith("/c?") ? "/c?signature=s" : "/b"}` },
    })
  );
  const send = (path: string) =>
    service.caller.send({ ...service.request, place: () => ({ path, query: "x=1" }) }, authorizer);
  for (const path of ["/a", "/c"]) await (await send(path)).body.discard();
  const error = await assertRejects(
    () => send("/b"),
    ServiceError,
    "the token in the query goes to no other",
  );
  assertEquals([error.message, ...service.shown].filter((text) => text.includes("token=t")), []);
  assertEquals(service.seen.map(({ path }) => path), ["/a", "/c", "/b"].map((path) => `${path}?x=1&token=t`));
  assertEquals(other.seen.map(({ path }) => path), ["/c?signature=s"]);
});

Deno.test("ServiceCaller.send() goes to a signed URL without an authorization of its own", async () => {
  await using other = await start(() => new Response("yes"));
  await using service = await start(() =>
    new Response(null, { status: 307, headers: { location: `http://${other.host}/a?signature=s` } })
  );
  await (await service.caller.send(service.request, numbered())).body.discard();
  assertEquals(other.seen, [{ path: "/a?signature=s", authorization: null }]);
});

Deno.test("ServiceCaller.send() takes another status for a good answer where the rule has it", async () => {
  const headers = { "x-range": "0-9" };
  await using service = await start(() => new Response(null, { status: 308, headers }));
  const rule = { kind: "other", statuses: [200, 308], unasked: [] } as const;
  const response = await service.caller.send({ ...service.request, rule }, numbered());
  await response.body.discard();
  assertEquals([response.status, response.headers.get("x-range"), service.seen.length], [308, "0-9", 1]);
  await assertRejects(() => service.caller.send(service.request, numbered()), ServiceFault);
});

Deno.test("ServiceCaller.send() shows an authorizer what it is to authorize", async () => {
  await using service = await start(() => new Response(null, { headers: { etag: '"e"' } }));
  const shown: UnauthorizedRequest[] = [];
  const authorizer: Authorizer = {
    authorize: (request) => {
      shown.push(request);
      return [["x-signed", "1"]];
    },
    correct: () => Promise.resolve(false),
  };
  const body = new Uint8Array(3);
  const rule = { kind: "write", statuses: [200], unasked: [] } as const;
  const put = { ...service.request, method: "PUT", body, payloadHash: "h", headers: { range: "r" }, rule };
  await (await service.caller.send(put, authorizer)).body.discard();
  const expected = { method: "PUT", host: service.host, path: "/a", query: "", headers: { range: "r" } };
  assertEquals(shown, [{ ...expected, body, payloadHash: "h" }]);
});

Deno.test("ServiceCaller.send() holds back from a host of somebody else", async () => {
  await using service = await start(() =>
    new Response(null, { status: 307, headers: { location: "https://elsewhere.invalid/a" } })
  );
  const fault = await assertRejects(() => service.caller.send(service.request, numbered()), ServiceFault);
  assertEquals(fault.status, 307);
});

Deno.test("ServiceCaller.send() gives back the connection of an answer that is not the service's", async () => {
  await using service = await start(() => new Response("x".repeat(2 ** 16)));
  const rule = { kind: "document", statuses: [200], unasked: [], roots: ["yes"] } as const;
  const fault = await assertRejects(
    () => service.caller.send({ ...service.request, rule }, numbered()),
    ServiceFault,
  );
  assertEquals([fault.status, service.unread()], [200, 0]);
});

Deno.test("ServiceCaller.send() asks an authorizer about nothing but what the service refuses", async () => {
  await using service = await start(() => new Response("yes"));
  const failure = new Error("no token");
  let asked = 0;
  const authorizer: Authorizer = {
    authorize: () => Promise.reject(failure),
    correct: () => Promise.resolve(asked++ === 0),
  };
  const error = await assertRejects(() => service.caller.send(service.request, authorizer));
  assertEquals([error, asked], [failure, 0]);
});

Deno.test("ServiceCaller.send() waits for no token longer than its signal lets it", async () => {
  await using service = await start(() => new Response(null, { status: 401, headers: { "x-toy-id": "1" } }));
  const never = () => new Promise<never>(() => {});
  for (
    const authorizer of [
      { authorize: never, correct: never },
      { authorize: () => [], correct: never },
    ]
  ) {
    const stop = new AbortController();
    const sending = service.caller.send({ ...service.request, signal: stop.signal }, authorizer);
    const reason = new Error("stopped");
    setTimeout(() => stop.abort(reason));
    assertStrictEquals(await sending.catch((error) => error), reason);
  }
});
