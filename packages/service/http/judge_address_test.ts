import { assert, assertEquals } from "@std/assert";
import { EndpointAddress } from "./endpoint_address.ts";
import { judgeAddress, weighAddress } from "./judge_address.ts";

interface Seen {
  /** Requests in order: `x` for one that failed while others succeeded, `!` for one that failed alone. */
  readonly requests?: string;
  readonly latencyMs?: number;
  readonly rate?: number;
  /** How often latency and rate were measured; 8 times by default. */
  readonly samples?: number;
}

function addressOf({ requests = "", latencyMs, rate, samples = 8 }: Seen): EndpointAddress {
  const address = new EndpointAddress("10.0.0.1", 80);
  let successes = 0;
  for (const one of requests) address.count(one !== ".", one === "!" ? successes : ++successes);
  for (let i = 0; i < samples; i++) {
    if (latencyMs !== undefined) address.latency.add(latencyMs);
    if (rate !== undefined) address.rate.add(rate);
  }
  return address;
}

const judge = (seen: Seen, ...others: Seen[]) => judgeAddress(addressOf(seen), others.map(addressOf));
const weigh = (seen: Seen, ...others: Seen[]) => weighAddress(addressOf(seen), others.map(addressOf));

Deno.test("judgeAddress() speaks against an address that fails in a row where the others do not", () => {
  assertEquals(judge({ requests: "..!xxx" }, { requests: "....." }, { requests: "....." }), "failing");
  assertEquals(judge({ requests: "..!xx" }, { requests: "....." }), undefined);
  assertEquals(judge({ requests: "!xxx." }, { requests: "....." }), undefined);
  assertEquals(judge({ requests: "!!!!!!!!" }, { requests: "....." }), undefined);
  assertEquals(judge({ requests: "..!xxx" }, { requests: "....." }, { requests: "xxxxxxxx" }), "failing");
});

Deno.test("judgeAddress() says nothing against an address that fails as the others do, or is the only one", () => {
  assertEquals(judge({ requests: "xxxxxxxxxxxxxxxx" }), undefined);
  assertEquals(judge({ requests: "xxxxxxxxxxxxxxxx" }, { requests: "xxxxxxxxxxxxxxxx" }), undefined);
  assertEquals(judge({ requests: "x.x.xxx" }, { requests: "xx.x.x.x" }, { requests: ".x.x.xx" }), undefined);
  assertEquals(judge({ latencyMs: 5_000, rate: 1 }), undefined);
});

Deno.test("judgeAddress() speaks against an address that answers or sends four times as slowly", () => {
  assertEquals(judge({ latencyMs: 100 }, { latencyMs: 20 }, { latencyMs: 25 }), "slow");
  assertEquals(judge({ latencyMs: 70 }, { latencyMs: 20 }, { latencyMs: 25 }), undefined);
  assertEquals(judge({ latencyMs: 20 }, { latencyMs: 2 }), undefined);
  assertEquals(judge({ latencyMs: 100, samples: 7 }, { latencyMs: 20 }), undefined);
  assertEquals(judge({ latencyMs: 100 }, { latencyMs: 20, samples: 7 }), undefined);
  assertEquals(judge({ rate: 1e6 }, { rate: 4e6 }, { rate: 5e6 }), "slow");
  assertEquals(judge({ rate: 1.1e6 }, { rate: 4e6 }, { rate: 5e6 }), undefined);
});

Deno.test("judgeAddress() lets a single slow answer pass", () => {
  const address = addressOf({ latencyMs: 20 });
  const others = [addressOf({ latencyMs: 20 })];
  address.latency.add(1_000);
  assertEquals(judgeAddress(address, others), undefined);
  for (let i = 0; i < 4; i++) address.latency.add(1_000);
  assertEquals(judgeAddress(address, others), "slow");
});

Deno.test("weighAddress() gives less to what is slower or fails more, and all to what does as well", () => {
  assertEquals(weigh({}), 1);
  assertEquals(weigh({ latencyMs: 25, rate: 4e6, requests: "...." }, { latencyMs: 20, rate: 5e6 }), 1);
  assertEquals(weigh({ latencyMs: 5 }, { latencyMs: 1 }), 1);
  assertEquals(weigh({ latencyMs: 40 }, { latencyMs: 20 }), 1 / 2);
  assertEquals(weigh({ rate: 1e6 }, { rate: 3e6 }), 341 / 1_024);
  assertEquals(weigh({ latencyMs: 4_000 }, { latencyMs: 20 }), 1 / 16);
  const failing = weigh({ requests: "....xx..x" }, { requests: "........." });
  assert(failing < 0.8 && failing > 0.6, String(failing));
  assertEquals(weigh({ requests: "x.x.x.x." }, { requests: "x.x.x.x." }), 1);
});
