import type { Fault, Notice, Operation } from "../schedule/fault.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import type { Scheduler } from "../time/scheduler.ts";
import { type Exchange, operationOf, type PhaseListener, type Told } from "./exchange.ts";
import type { ServedAnswer, Server } from "./server.ts";
import { Wire } from "./wire.ts";

/** What a network is made of, besides its schedule. */
export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly server: Server;
  readonly onPhase: PhaseListener;
}

/** Carries requests to the server and answers back: late, twice, in part, or not at all. */
export class Network {
  readonly exchanges: Exchange[] = [];
  readonly #schedule: Schedule;
  readonly #parts: NetworkParts;
  readonly #counts: Record<Operation, number> = { create: 0, put: 0, look: 0, commit: 0 };
  /** What closes the connections of clients that are gone, by life. */
  readonly #hangUps = new Map<Exchange, () => void>();
  /**
   * Every request of the run. Signals follow each other weakly: a request that the garbage collector takes hears of no
   * abort, and when it comes must not decide a run.
   */
  readonly #held: unknown[] = [];
  /** Faults happen no more: for what is settled after everything. */
  calm = false;

  constructor(schedule: Schedule, parts: NetworkParts) {
    this.#schedule = schedule;
    this.#parts = parts;
  }

  /** Bytes of bodies that one life of the client is sending, or waiting to hear of. */
  bodyBytesUnderWay(clientLife: number): number {
    let sum = 0;
    for (const exchange of this.#hangUps.keys()) {
      if (exchange.clientLife === clientLife && exchange.told === undefined) {
        sum += exchange.bodyBytes;
      }
    }
    return sum;
  }

  /** The fetch of one life of the client. */
  fetchOf(life: Life, clientLife: number): typeof fetch {
    return (input, init) => {
      // Making another of a request that is one already costs as much as all else here.
      const request = input instanceof Request && isPlain(init) ? input : new Request(input, init);
      const { signal } = request;
      this.#held.push(input, init, request);
      if (signal.aborted) {
        return Promise.reject(signal.reason);
      }
      const exchange = this.#begin(request, clientLife);
      return new Promise<Response>((resolve, reject) => {
        const tell = (told: Told, deliver: () => void): void => {
          life.reach(() => {
            if (exchange.told !== undefined) {
              return;
            }
            this.#hangUps.delete(exchange);
            this.#tell(exchange, told);
            signal.removeEventListener("abort", giveUp);
            this.#parts.scheduler.note(
              `${nameOf(exchange)} told ${told.kind === "answer" ? told.status : told.kind}`,
            );
            deliver();
            this.#parts.onPhase(exchange, "told");
          });
        };
        const giveUp = (): void => {
          this.#tell(exchange, { kind: "given-up" });
          this.#hangUps.get(exchange)?.();
          reject(signal.reason);
        };
        signal.addEventListener("abort", giveUp, { once: true });
        void this.#carry(request, exchange, life, {
          answer: (told, response) =>
            tell(told, () => {
              try {
                resolve(response());
              } catch (error) {
                reject(error);
              }
            }),
          fail: (code) => tell({ kind: "failed" }, () => reject(networkError(code))),
        });
      });
    };
  }

  /** The client of this life is dead: its connections close. */
  hangUp(clientLife: number): void {
    for (const [exchange, close] of [...this.#hangUps]) {
      if (exchange.clientLife === clientLife) {
        this.#tell(exchange, { kind: "given-up" });
        close();
      }
    }
  }

  #tell(exchange: Exchange, told: Told): void {
    if (exchange.told === undefined) {
      exchange.told = told;
      exchange.toldAt = this.#parts.scheduler.now;
    }
  }

  #begin(request: Request, clientLife: number): Exchange {
    const query = new URLSearchParams(request.url.slice(request.url.indexOf("?") + 1));
    const operation = operationOf(request.method, query);
    this.#counts[operation] += 1;
    const nth = this.#counts[operation];
    const blockId = query.get("blockid");
    const exchange: Exchange = {
      operation,
      nth,
      clientLife,
      sessionId: query.get("uploadid") ?? undefined,
      blockId: blockId === null ? undefined : Number(blockId),
      bodyBytes: Number(request.headers.get("content-length") ?? 0),
      sentAt: this.#parts.scheduler.now,
      fault: this.calm
        ? undefined
        : this.#schedule.faults.find(
            (fault) => "on" in fault && fault.on.operation === operation && fault.on.nth === nth,
          ),
      arrivals: [],
      served: [],
      told: undefined,
      toldAt: undefined,
    };
    this.exchanges.push(exchange);
    this.#parts.scheduler.note(
      `${nameOf(exchange)} of client ${clientLife}: ${exchange.fault?.kind ?? "as it should"}`,
    );
    return exchange;
  }

  async #carry(request: Request, exchange: Exchange, life: Life, client: Client): Promise<void> {
    const { server } = this.#parts;
    const { fault } = exchange;
    const random = this.#parts.random.fork(nameOf(exchange));
    const [low, high] = this.#schedule.latencyMs;
    const pass = (label: string, ms = low + random.next() * (high - low)): Promise<void> =>
      this.#pass(ms, `${nameOf(exchange)} ${label}`);
    const notice = async (how: Notice, code = "ECONNRESET"): Promise<void> => {
      if (how === "reset") {
        await pass("reset travels");
        client.fail(code);
      }
    };

    await pass("travels");
    if (fault?.kind === "refuse" || !server.isUp) {
      client.fail("ECONNREFUSED");
      return;
    }
    const instead = fault?.kind === "status" || fault?.kind === "garbage" ? fault : undefined;
    const wire = new Wire(headOf(request));
    const cutAt =
      fault?.kind === "reset-in-body"
        ? Math.floor(fault.share * exchange.bodyBytes)
        : Number.POSITIVE_INFINITY;
    const isLost = fault?.kind === "lose-request" || (instead !== undefined && !instead.work);
    const holdsBack = fault?.kind === "delay-request" || fault?.kind === "late-request";
    const gone = new AbortController();
    this.#hangUps.set(exchange, () => {
      this.#hangUps.delete(exchange);
      // A server learns of it a little later.
      void pass("hang-up travels").then(() => gone.abort(hungUp));
    });
    const serve = (again = false): void => {
      void this.#serve(wire, exchange, { signal: again || holdsBack ? undefined : gone.signal, notice }).then(
        async (answer) => {
          // A connection that broke carries no answer, whatever the server says into it.
          if (again || answer === undefined || fault?.kind === "reset-in-body") {
            return;
          }
          if (fault?.kind === "lose-answer") {
            return notice(fault.notice);
          }
          await pass("answer travels", fault?.kind === "delay-answer" ? fault.ms : undefined);
          client.answer(
            ...(instead?.work === true ? madeUp(instead, request) : whole(answer, fault, request)),
          );
        },
      );
    };
    if (!isLost && !holdsBack) {
      serve();
    }
    const reader = request.body?.getReader();
    for (let sent = 0; reader !== undefined; ) {
      const next = await reader.read().catch(() => undefined);
      if (next === undefined || !life.alive || exchange.told?.kind === "given-up") {
        wire.fail();
        gone.abort(hungUp);
        return;
      }
      if (next.done) {
        break;
      }
      await pass("piece travels", random.next() * 2);
      const room = cutAt - sent;
      sent += next.value.length;
      wire.push(next.value.subarray(0, Math.max(0, room)));
      if (sent >= cutAt) {
        wire.fail();
        return notice("reset");
      }
      if (!life.alive) {
        wire.fail();
        gone.abort(hungUp);
        return;
      }
    }
    wire.end();
    life.reach(() => this.#parts.onPhase(exchange, "sent"));
    if (fault?.kind === "lose-request") {
      return notice(fault.notice);
    }
    if (instead !== undefined && !instead.work) {
      await pass("answer travels");
      client.answer(...madeUp(instead, request));
      return;
    }
    if (fault?.kind === "late-request") {
      await notice("reset");
    }
    if (fault?.kind === "delay-request" || fault?.kind === "late-request") {
      await pass("arrives late", fault.ms);
      if (server.isUp) {
        serve();
      }
    }
    if (fault?.kind === "duplicate") {
      await pass("arrives again", fault.ms);
      if (server.isUp) {
        serve(true);
      }
    }
  }

  async #serve(
    wire: Wire,
    exchange: Exchange,
    options: { readonly signal: AbortSignal | undefined; readonly notice: (how: Notice) => Promise<void> },
  ): Promise<ServedAnswer | undefined> {
    const { scheduler, server, onPhase } = this.#parts;
    exchange.arrivals.push(scheduler.now);
    try {
      const answer = await server.send(
        {
          ...wire.head,
          body: wire.read(),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
        (notice) => void options.notice(notice),
      );
      if (!answer.life.alive) {
        return undefined;
      }
      exchange.served.push({ status: answer.status, at: scheduler.now });
      scheduler.note(`${nameOf(exchange)} served ${answer.status}`);
      onPhase(exchange, "served");
      return answer;
    } catch {
      // The emulator cut the connection, as it does when a body breaks off.
      await options.notice("reset");
      return undefined;
    }
  }

  #pass(ms: number, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.scheduler.schedule(ms, resolve, { label });
    });
  }
}

const decoder = new TextDecoder();

/** Whether nothing is said of a request that it does not say itself. */
function isPlain(init: RequestInit | undefined): boolean {
  return init === undefined || Object.values(init).every((value) => value === undefined);
}

/** The client's end of an exchange. */
interface Client {
  answer(told: Told, response: () => Response): void;
  fail(code: string): void;
}

function nameOf({ operation, nth, blockId }: Exchange): string {
  return `${operation} ${nth}${blockId === undefined ? "" : ` (block ${blockId})`}`;
}

function headOf(request: Request): { method: string; url: string; headers: Record<string, string> } {
  const { method, url, headers } = request;
  // A request's address is whole and in order: behind the scheme and the host comes what is asked for.
  return { method, url: url.slice(url.indexOf("/", 8)), headers: Object.fromEntries(headers) };
}

function networkError(code: string): TypeError {
  const cause = Object.assign(
    new Error(code === "ECONNREFUSED" ? "connect ECONNREFUSED" : "read ECONNRESET"),
    { code },
  );
  return new TypeError("fetch failed", { cause });
}

function whole(answer: ServedAnswer, fault: Fault | undefined, request: Request): [Told, () => Response] {
  const { status, body } = answer;
  const share = fault?.kind === "cut-answer" ? fault.share : 1;
  const text = decoder.decode(body);
  const told: Told = { kind: "answer", status, own: true, whole: share === 1, text };
  return [
    told,
    () => {
      refuseRedirect(request, status);
      return new Response(share === 1 ? body : cut(body, share), { status, headers: { ...answer.headers } });
    },
  ];
}

function madeUp(
  fault: Extract<Fault, { kind: "status" | "garbage" }>,
  request: Request,
): [Told, () => Response] {
  const status = fault.kind === "status" ? fault.status : 200;
  const isRedirect = status >= 300 && status < 400;
  const text =
    fault.kind === "garbage"
      ? "<html>It works!</html>"
      : isRedirect
        ? ""
        : "<html>The gateway is not well</html>";
  const headers: Record<string, string> = { "content-type": "text/html" };
  if (isRedirect) {
    headers["location"] = "http://elsewhere.invalid/";
  }
  if (fault.kind === "status" && fault.retryAfterS !== undefined) {
    headers["retry-after"] = String(fault.retryAfterS);
  }
  return [
    { kind: "answer", status, own: false, whole: true, text },
    () => {
      refuseRedirect(request, status);
      return new Response(text, { status, headers });
    },
  ];
}

/** Given so that no error is made for every hang-up. */
const hungUp = "the client hung up";

/** As fetch does when it is told to take a redirect for an error. */
function refuseRedirect(request: Request, status: number): void {
  if (request.redirect === "error" && status >= 300 && status < 400) {
    throw new TypeError("fetch failed", { cause: new Error("unexpected redirect") });
  }
}

function cut(body: Uint8Array<ArrayBuffer>, share: number): ReadableStream<Uint8Array> {
  let given = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const part = body.subarray(0, Math.floor(body.length * share));
        if (!given && part.length > 0) {
          given = true;
          controller.enqueue(part);
        } else {
          controller.error(
            new TypeError("terminated", {
              cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
            }),
          );
        }
      },
    },
    { highWaterMark: 0 },
  );
}
