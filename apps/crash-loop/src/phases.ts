import { setTimeout as wait } from "node:timers/promises";
import type { EmulatorProcess } from "./emulator-process.ts";
import { type Answer, begin, type Exchange } from "./exchange.ts";
import { type Batch, committed, encodeBatch, type Ledger, type OpenSession, tableColumns } from "./ledger.ts";
import { sqlJob } from "./world/table.ts";

/** When the process dies. Each is named for what the client knew at that moment. */
export const phases = [
  "session asked for",
  "session acknowledged",
  "block: first third sent",
  "block: half sent",
  "block: last third sent",
  "block sent, no answer",
  "block acknowledged",
  "block sent again: on its way",
  "all blocks acknowledged",
  "commit asked for",
  "commit acknowledged",
  "overwrite asked for",
  "overwrite acknowledged",
  "table asked for",
  "table acknowledged",
] as const;

export type Phase = (typeof phases)[number];

/** What a round works with. */
export interface Round {
  readonly server: EmulatorProcess;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Where within the phase the process dies: 0 at its begin, up to 1 at its end. */
  readonly moment: number;
  /** A number that no batch or table had before. */
  readonly next: () => number;
  /** How many milliseconds the answer to each kind of request took lately. */
  readonly lasted: Map<Awaited, number>;
}

/** Kinds of requests whose answers are timed, so that a kill can be put anywhere before them. */
export type Awaited = "session" | "block" | "commit" | "table";

const pieceBytes = 16 * 1024;

/** Brings the emulator to a phase, kills it there, and returns the phase that was really hit. */
export async function crashIn(phase: Phase, round: Round): Promise<Phase> {
  const { server, ledger } = round;
  switch (phase) {
    case "session asked for": {
      ledger.session = undefined;
      const table = pickTable(round);
      const exchange = await begin(server, "POST", `${tablePath(round, table)}?uploads`);
      const answered = await killBeforeAnswer(round, "session", exchange);
      if (answered) {
        ledger.session = newSession(exchange.answered, table, false);
      }
      return answered ? "session acknowledged" : phase;
    }
    case "session acknowledged":
      await openSession(round, 0, false);
      await server.kill();
      return phase;
    case "block: first third sent":
    case "block: half sent":
    case "block: last third sent": {
      const third = ["block: first third sent", "block: half sent", "block: last third sent"].indexOf(phase);
      const session = await openSession(round, 1, round.random() < 0.3);
      await sendPart(round, session, { blockId: 1, part: (third + round.moment) / 3 });
      return phase;
    }
    case "block sent again: on its way": {
      const session = await openSession(round, 2, false);
      await sendPart(round, session, { blockId: 1, part: round.moment });
      return phase;
    }
    case "block sent, no answer": {
      const session = await openSession(round, 1, round.random() < 0.3);
      const batch = newBatch(round);
      const body = encodeBatch(batch);
      ledger.uncertain = { kind: "block", blockId: 1, batch };
      const exchange = await begin(server, "PUT", blockPath(round, session, 1), body.length);
      await exchange.send(body);
      const answered = await killBeforeAnswer(round, "block", exchange);
      if (answered) {
        session.blocks.set(1, batch);
        ledger.uncertain = { kind: "nothing" };
      }
      return answered ? "block acknowledged" : phase;
    }
    case "block acknowledged":
    case "all blocks acknowledged": {
      await openSession(round, phase === "block acknowledged" ? 1 : 3, round.random() < 0.3);
      await server.kill();
      return phase;
    }
    case "commit asked for":
    case "overwrite asked for": {
      const session = await openSession(round, 2, phase === "overwrite asked for");
      ledger.uncertain = { kind: "commit" };
      const exchange = await begin(server, "POST", sessionPath(round, session));
      const answered = await killBeforeAnswer(round, "commit", exchange);
      if (answered) {
        close(ledger, session);
      }
      return answered ? (session.overwrite ? "overwrite acknowledged" : "commit acknowledged") : phase;
    }
    case "commit acknowledged":
    case "overwrite acknowledged": {
      await openSession(round, 2, phase === "overwrite acknowledged");
      await commitOpen(round);
      await server.kill();
      return phase;
    }
    case "table asked for":
    case "table acknowledged": {
      const name = `t${round.next()}`;
      ledger.uncertain = { kind: "table", name };
      const exchange = await beginCreateTable(round, name);
      const answered =
        phase === "table asked for"
          ? await killBeforeAnswer(round, "table", exchange)
          : expectStatus(await timed(round, "table", exchange), 201);
      if (answered) {
        ledger.tables.set(name, []);
        ledger.uncertain = { kind: "nothing" };
      }
      await server.kill();
      return answered ? "table acknowledged" : phase;
    }
  }
}

/** Creates a table and waits for the answer. */
export async function createTable(
  round: Pick<Round, "server" | "ledger" | "lasted">,
  name: string,
): Promise<void> {
  expectStatus(await timed(round, "table", await beginCreateTable(round, name)), 201);
  round.ledger.tables.set(name, []);
}

/** Commits the session that a crash left open: what was recovered must still be of use. */
export async function commitOpen(round: Pick<Round, "server" | "ledger" | "lasted">): Promise<void> {
  const { server, ledger } = round;
  if (ledger.session !== undefined) {
    const exchange = await begin(server, "POST", sessionPath(round, ledger.session));
    expectStatus(await timed(round, "commit", exchange), 200);
    close(ledger, ledger.session);
  }
}

function close(ledger: Ledger, session: OpenSession): void {
  ledger.tables.set(session.table, committed(ledger.tables.get(session.table) ?? [], session));
  ledger.session = undefined;
  ledger.uncertain = { kind: "nothing" };
}

async function openSession(round: Round, blocks: number, overwrite: boolean): Promise<OpenSession> {
  const { server, ledger } = round;
  const table = pickTable(round);
  const target = `${tablePath(round, table)}?uploads${overwrite ? "&overwrite=true" : ""}`;
  const created = await timed(round, "session", await begin(server, "POST", target));
  const session = newSession(created, table, overwrite);
  ledger.session = session;
  for (let blockId = 0; blockId < blocks; blockId += 1) {
    const batch = newBatch(round);
    const body = encodeBatch(batch);
    const exchange = await begin(server, "PUT", blockPath(round, session, blockId), body.length);
    await exchange.send(body);
    expectStatus(await timed(round, "block", exchange), 200);
    session.blocks.set(blockId, batch);
  }
  return session;
}

function newSession(created: Answer | undefined, table: string, overwrite: boolean): OpenSession {
  expectStatus(created, 200);
  return { id: String(created?.json()["UploadID"]), table, overwrite, blocks: new Map() };
}

/** Sends a part of a block, never its last byte, and kills the server that waits for the rest. */
async function sendPart(
  round: Round,
  session: OpenSession,
  { blockId, part }: { readonly blockId: number; readonly part: number },
): Promise<void> {
  const batch = newBatch(round);
  const body = encodeBatch(batch);
  const length = Math.min(Math.floor(body.length * part), body.length - 1);
  round.ledger.uncertain = { kind: "block", blockId, batch };
  const exchange = await begin(round.server, "PUT", blockPath(round, session, blockId), body.length);
  for (let from = 0; from < length; from += pieceBytes) {
    await exchange.send(body.subarray(from, Math.min(from + pieceBytes, length)));
  }
  // What the system took over is given a moment to reach the server.
  await wait(round.random() * 10);
  await round.server.kill();
  await exchange.answer;
}

/** Kills the server some way into the time that its answer takes; true when the answer was faster. */
async function killBeforeAnswer(round: Round, kind: Awaited, exchange: Exchange): Promise<boolean> {
  const deadline = performance.now() + round.moment * (round.lasted.get(kind) ?? 3);
  while (performance.now() < deadline && exchange.answered === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await round.server.kill();
  const answer = await exchange.answer;
  return answer !== undefined && expectStatus(answer);
}

async function timed(
  { lasted }: Pick<Round, "lasted">,
  kind: Awaited,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const began = performance.now();
  const answer = await exchange.answer;
  lasted.set(kind, performance.now() - began);
  return answer;
}

function beginCreateTable({ server }: Pick<Round, "server">, name: string): Promise<Exchange> {
  const query = `create table ${name} (${tableColumns});`;
  const body = sqlJob(query);
  return begin(server, "POST", `/projects/${server.project}/instances`, body.length).then(
    async (exchange) => {
      await exchange.send(body);
      return exchange;
    },
  );
}

/** Batches that follow each other have different sizes, so that one block is never taken for the other. */
function newBatch({ next }: Round): Batch {
  const number = next();
  return { number, rows: 300 + ((number * 397) % 900) };
}

function pickTable({ ledger, random }: Round): string {
  const names = [...ledger.tables.keys()];
  return names[Math.floor(random() * Math.min(names.length, 4))] ?? "";
}

function tablePath({ server }: Pick<Round, "server">, table: string): string {
  return `/projects/${server.project}/tables/${table}`;
}

function sessionPath(round: Pick<Round, "server">, { table, id }: OpenSession): string {
  return `${tablePath(round, table)}?uploadid=${id}`;
}

function blockPath(round: Pick<Round, "server">, session: OpenSession, blockId: number): string {
  return `${sessionPath(round, session)}&blockid=${blockId}`;
}

function expectStatus(answer: { readonly status: number } | undefined, status?: number): true {
  if (answer === undefined || (status === undefined ? answer.status >= 300 : answer.status !== status)) {
    throw new Error(`Expected the answer ${status ?? "2xx"}, got ${answer?.status ?? "none"}`);
  }
  return true;
}
