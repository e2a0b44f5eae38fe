import { type Clock, isDescriptorShortage } from "@lade/core/backend";
import { abortable } from "./abortable.ts";
import type { AddressBook } from "./address_book.ts";
import { describeConnectError } from "./describe_connect_error.ts";
import type { EndpointAddress } from "./endpoint_address.ts";
import { openUnverifiedSocket } from "./open_unverified_socket.ts";
import type { OpenedSocket, SocketTarget } from "./socket_target.ts";
import { WireError } from "./wire_error.ts";

// RFC 8305 section 8: the recommended delay between two attempts.
const ATTEMPT_DELAY_MS = 250;

/**
 * Opens a socket, TLS spoken where it is to be, at another address than `elsewhere` if that can be. Rejects with a
 * `WireError`, or with `signal.reason`.
 */
export async function openSocket(
  target: SocketTarget,
  addresses: AddressBook,
  clock: Clock,
  signal: AbortSignal,
  elsewhere?: string,
): Promise<OpenedSocket> {
  let connected: EndpointAddress | undefined;
  try {
    const order = await abortable(addresses.next(elsewhere), signal);
    if (target.secure && !target.verify) {
      return await openUnverifiedSocket(target, order, addresses, signal, (address) => connected = address);
    }
    const [only] = order;
    const { address, socket } = order.length === 1 && only
      ? await connect(only, addresses, signal)
      : await connectAny(order, addresses, clock, signal);
    connected = address;
    socket.setNoDelay(true);
    return { address, socket: target.secure ? await startTls(socket, target, signal) : socket };
  } catch (error) {
    if (signal.aborted) {
      if (connected && isTimeout(signal.reason)) addresses.report(connected, false);
      throw silentHandshake(signal.reason, target.secure && connected !== undefined);
    }
    const described = describeConnectError(error, target.secure && connected !== undefined);
    if (connected && described.kind !== "certificate") addresses.report(connected, false);
    throw described;
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof WireError && reason.kind === "connect-timeout";
}

/** A server that has accepted a connection and does not answer in TLS may well not speak it. */
function silentHandshake(reason: unknown, inTls: boolean): unknown {
  if (!inTls || !(reason instanceof WireError) || reason.kind !== "connect-timeout") return reason;
  const { message, retryable, waitedMs } = reason;
  const detail = `no answer to the TLS handshake, as from a port that speaks http and not https (${message})`;
  return new WireError(reason.kind, detail, { waitedMs, ...(retryable !== undefined && { retryable }) });
}

async function connect(
  address: EndpointAddress,
  addresses: AddressBook,
  signal: AbortSignal,
): Promise<OpenedSocket<Deno.TcpConn>> {
  const { hostname, port } = address;
  try {
    const socket = await Deno.connect({ hostname, port, signal });
    addresses.report(address, true);
    return { socket, address };
  } catch (error) {
    if (signal.aborted ? isTimeout(signal.reason) : speaksAgainst(error)) addresses.report(address, false);
    throw error;
  }
}

/** Whether it is the other side's doing, not this process's, that no connection came about. */
function speaksAgainst(error: unknown): boolean {
  return !isDescriptorShortage(error) && describeConnectError(error, false).kind !== "permission";
}

/**
 * Connects to whichever address answers first, beginning a further attempt whenever one fails or is slow (RFC 8305). One
 * that a later attempt overtakes counts as one that failed.
 */
async function connectAny(
  order: readonly EndpointAddress[],
  addresses: AddressBook,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenedSocket<Deno.TcpConn>> {
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  const attempts: Promise<OpenedSocket<Deno.TcpConn>>[] = [];
  const waiting = new Set<EndpointAddress>();
  let won = false;
  const attempt = async (address: EndpointAddress): Promise<OpenedSocket<Deno.TcpConn>> => {
    const { hostname, port } = address;
    waiting.add(address);
    try {
      const socket = await Deno.connect({ hostname, port, signal: either });
      waiting.delete(address);
      addresses.report(address, true);
      if (!won) {
        won = true;
        return { socket, address };
      }
      socket.close();
    } catch (error) {
      if (!either.aborted && waiting.delete(address) && speaksAgainst(error)) {
        addresses.report(address, false);
      }
      throw error;
    }
    throw new Error("another address answered first");
  };
  const reportWaiting = () => {
    for (const address of waiting) addresses.report(address, false);
    waiting.clear();
  };
  try {
    for (const address of order) {
      const last = attempt(address);
      attempts.push(last);
      if (attempts.length === order.length) break;
      const winner = Promise.any(attempts).catch(() => undefined);
      const stop = new AbortController();
      const delay = clock.sleep(ATTEMPT_DELAY_MS, AbortSignal.any([either, stop.signal]));
      const result = await Promise.race([winner, last.catch(() => undefined), delay.catch(() => undefined)]);
      stop.abort();
      if (result) return overtaking(result);
      signal.throwIfAborted();
    }
    return overtaking(await Promise.any(attempts));
  } catch (error) {
    Promise.any(attempts).then(({ socket }) => socket.close(), () => {});
    if (isTimeout(signal.reason)) reportWaiting();
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    others.abort();
  }

  /** Those that are still waited for had a start of at least one delay, but for the last of them. */
  function overtaking(result: OpenedSocket<Deno.TcpConn>): OpenedSocket<Deno.TcpConn> {
    const begun = order.indexOf(result.address);
    for (const address of waiting) {
      if (order.indexOf(address) < begun) addresses.report(address, false);
    }
    waiting.clear();
    return result;
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
    // One that was closed meanwhile is none, although its handshake was through.
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
