import type { Clock } from "@lade/core/backend";
import { abortable } from "./abortable.ts";
import type { AddressBook } from "./address_book.ts";
import type { Socket } from "./connection.ts";
import { describeConnectError } from "./describe_connect_error.ts";
import { openUnverifiedSocket } from "./open_unverified_socket.ts";
import type { SocketTarget } from "./socket_target.ts";
import { WireError } from "./wire_error.ts";

// RFC 8305 section 8: the recommended delay between two attempts.
const ATTEMPT_DELAY_MS = 250;

/** Opens a socket, TLS spoken where it is to be. Rejects with a `WireError`, or with `signal.reason`. */
export async function openSocket(
  target: SocketTarget,
  addresses: AddressBook,
  clock: Clock,
  signal: AbortSignal,
): Promise<Socket> {
  let connected = false;
  try {
    if (target.secure && !target.verify) {
      return await openUnverifiedSocket(target, addresses, signal, () => connected = true);
    }
    const order = await abortable(addresses.next(), signal);
    const [only] = order;
    const tcp = order.length === 1 && only !== undefined
      ? await Deno.connect({ hostname: only, port: target.port, signal })
      : await connectAny(order, target.port, addresses, clock, signal);
    connected = true;
    tcp.setNoDelay(true);
    return target.secure ? await startTls(tcp, target, signal) : tcp;
  } catch (error) {
    if (signal.aborted) throw silentHandshake(signal.reason, target.secure && connected);
    throw describeConnectError(error, target.secure && connected);
  }
}

/** A server that has accepted a connection and does not answer in TLS may well not speak it. */
function silentHandshake(reason: unknown, inTls: boolean): unknown {
  if (!inTls || !(reason instanceof WireError) || reason.kind !== "connect-timeout") return reason;
  const { message, retryable, waitedMs } = reason;
  const detail = `no answer to the TLS handshake, as from a port that speaks http and not https (${message})`;
  return new WireError(reason.kind, detail, { waitedMs, ...(retryable !== undefined && { retryable }) });
}

/** Connects to whichever address answers first, beginning a further attempt whenever one fails or is slow (RFC 8305). */
async function connectAny(
  order: readonly string[],
  port: number,
  addresses: AddressBook,
  clock: Clock,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  const attempts: Promise<Deno.TcpConn>[] = [];
  let won = false;
  const attempt = async (hostname: string): Promise<Deno.TcpConn> => {
    try {
      const connection = await Deno.connect({ hostname, port, signal: either });
      addresses.report(hostname, true);
      if (!won) {
        won = true;
        return connection;
      }
      connection.close();
    } catch (error) {
      if (!either.aborted) addresses.report(hostname, false);
      throw error;
    }
    throw new Error("another address answered first");
  };
  try {
    for (const hostname of order) {
      const last = attempt(hostname);
      attempts.push(last);
      const winner = Promise.any(attempts).catch(() => undefined);
      const stop = new AbortController();
      const delay = clock.sleep(ATTEMPT_DELAY_MS, AbortSignal.any([either, stop.signal]));
      const result = await Promise.race([winner, last.catch(() => undefined), delay.catch(() => undefined)]);
      stop.abort();
      if (result) return result;
      signal.throwIfAborted();
    }
    return await Promise.any(attempts);
  } catch (error) {
    Promise.any(attempts).then((connection) => connection.close(), () => {});
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    others.abort();
  }
}

async function startTls(tcp: Deno.TcpConn, target: SocketTarget, signal: AbortSignal): Promise<Deno.TlsConn> {
  const { caCerts, hostname } = target;
  let open: Deno.Conn | undefined = tcp;
  const close = () => {
    open?.close();
    open = undefined;
  };
  try {
    const tls = await Deno.startTls(tcp, {
      hostname,
      alpnProtocols: ["http/1.1"],
      ...(caCerts.length > 0 && { caCerts: [...caCerts] }),
    });
    open = tls;
    signal.throwIfAborted();
    signal.addEventListener("abort", close, { once: true });
    await tls.handshake();
    return tls;
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
