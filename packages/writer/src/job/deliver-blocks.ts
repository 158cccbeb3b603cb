import type { BudgetAccount, MemoryBudget } from "../block/memory-budget.ts";
import type { Compressor } from "../compression/compressor.ts";
import { isIdentity } from "../compression/resolve-compressor.ts";
import { writerAborted } from "../failures.ts";
import { untilAborted } from "../until-aborted.ts";
import { BlockMatcher, type MatchedBlock } from "./block-matcher.ts";
import type { BlockSource, ProducedBlock } from "./block-source.ts";
import { blockNotStored } from "./job-failures.ts";
import { isEndOfSession } from "./session-error.ts";
import type { UploadEvent } from "./upload-event.ts";
import type { RangeFacts, UploadFactContent } from "./upload-fact.ts";
import { emptyStoredRange, type RecordedBlock, storedRange } from "./upload-record.ts";
import type { JobSession } from "./upload-target.ts";

/** What blocks are delivered with. */
export interface DeliveryParts {
  readonly source: BlockSource;
  readonly session: JobSession;
  readonly kept: readonly RecordedBlock[];
  readonly again: readonly RecordedBlock[];
  readonly emptyRanges: readonly RangeFacts[];
  readonly nextBlockId: number;
  readonly parallel: number;
  readonly budget: MemoryBudget;
  readonly compressor: Compressor;
  readonly compareStored: boolean;
  readonly signal: AbortSignal | undefined;
  /** Writes a fact into the journal. */
  readonly note: (fact: UploadFactContent, options?: { readonly sync?: boolean }) => Promise<void>;
  readonly emit: (event: UploadEvent) => void;
  readonly totals: DeliveredTotals;
}

/** What was sent, over all sessions of a run. */
export interface DeliveredTotals {
  sentBytes: number;
  retries: number;
}

/**
 * Sends every block of a source that is not stored, several at a time, writing down each before and after.
 *
 * The fact that a block is sealed is durable before its first byte leaves; that it is stored is only written, since
 * the server can be asked for it. The first failure ends all.
 */
export async function deliverBlocks(parts: DeliveryParts): Promise<void> {
  const { source, session, signal, parallel, budget } = parts;
  const abort = new AbortController();
  const inFlight = new Set<Promise<void>>();
  let flyingBytes = 0;
  const account = budget.open({
    sealableBytes: 0,
    get departingBytes() {
      return flyingBytes;
    },
    sealForMemory: () => {},
  });
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    abort.abort(error);
    account.close();
  };
  const onSignal = (): void => fail(writerAborted(signal?.reason, { sessionId: session.id }));
  signal?.addEventListener("abort", onSignal, { once: true });
  if (signal?.aborted) onSignal();

  const matcher = new BlockMatcher(parts);
  let largest = source.blockBytes ?? 0;
  const launch = (block: ProducedBlock): void => {
    let sealed: MatchedBlock | undefined;
    try {
      sealed = matcher.accept(block);
    } finally {
      if (sealed === undefined) block.release?.();
    }
    if (sealed === undefined) {
      account.take(-heldBytes(block.chunks));
      track(noteEmpty(parts, block));
      return;
    }
    const { bytes } = sealed.block;
    flyingBytes += bytes;
    const flight = { account, signal: abort.signal, fail };
    const delivery = deliverBlock(parts, block, sealed, flight).finally(() => {
      flyingBytes -= bytes;
    });
    track(delivery);
  };
  const track = (work: Promise<void>): void => {
    const done = work.catch(fail).finally(() => inFlight.delete(done));
    inFlight.add(done);
  };

  try {
    const blocks = untilAborted(
      source.blocks({
        stored: [...parts.kept.map(storedRange), ...parts.emptyRanges.map(emptyStoredRange)],
        again: parts.again.map((block) => block.range),
        compareStored: parts.compareStored,
        columns: session.schema.columns,
        maxFieldBytes: session.maxFieldBytes,
        signal: abort.signal,
      }),
      abort.signal,
    );
    for (;;) {
      while (inFlight.size >= parallel) await Promise.race(inFlight);
      abort.signal.throwIfAborted();
      await account.reserve(largest);
      abort.signal.throwIfAborted();
      const next = await blocks.next();
      account.take((next.done ? 0 : heldBytes(next.value.chunks)) - largest);
      if (next.done) break;
      largest = source.blockBytes ?? Math.max(largest, heldBytes(next.value.chunks));
      launch(next.value);
    }
    matcher.checkComplete();
  } catch (error) {
    fail(error);
  }
  while (inFlight.size > 0) await Promise.all(inFlight);
  signal?.removeEventListener("abort", onSignal);
  account.close();
  if (failure !== undefined) throw failure.error;
}

async function noteEmpty(parts: DeliveryParts, block: ProducedBlock): Promise<void> {
  const { range, sourceChecksum, rejected } = block;
  await parts.note({ kind: "range-empty", range, sourceChecksum, rejected });
  parts.emit({ kind: "range-empty", rejected });
}

/** What the deliveries of one session share. */
interface Flight {
  readonly account: BudgetAccount;
  readonly signal: AbortSignal;
  /** Ends all of them. */
  readonly fail: (error: unknown) => void;
}

async function deliverBlock(
  parts: DeliveryParts,
  produced: ProducedBlock,
  { block, isOnRecord }: MatchedBlock,
  { account, signal, fail }: Flight,
): Promise<void> {
  const { session, note, emit, totals } = parts;
  const { blockId } = block;
  let held = heldBytes(produced.chunks);
  let isReleased = false;
  const release = (): void => {
    if (!isReleased) produced.release?.();
    isReleased = true;
  };
  try {
    emit({ kind: "block-sealed", block });
    // Both are waited for, whichever fails: the compressor must not be left reading memory that is given back.
    const [noted, compressed] = await Promise.allSettled([
      isOnRecord ? undefined : note({ kind: "block-sealed", ...block }, { sync: true }),
      compress(parts.compressor, produced),
    ]);
    if (noted.status === "rejected") throw noted.reason;
    if (compressed.status === "rejected") throw blockNotStored(block, compressed.reason);
    const { chunks, contentEncoding } = compressed.value;
    if (chunks !== produced.chunks) {
      release();
      const after = heldBytes(chunks);
      account.take(after - held);
      held = after;
    }
    signal.throwIfAborted();
    let told = 0;
    const options = {
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      recordCount: block.rows,
      signal,
      onRetry: (attempt: number) => {
        told += 1;
        totals.retries += 1;
        try {
          emit({ kind: "retried", blockId, attempt });
        } catch (error) {
          fail(error);
        }
      },
    };
    const stored = await session.putBlock(blockId, chunks, options).catch((error: unknown) => {
      throw isEndOfSession(error) ? error : blockNotStored(block, error);
    });
    const sentBytes = heldBytes(chunks);
    const { attempts, requestId } = stored;
    const request = requestId === undefined ? {} : { requestId };
    totals.sentBytes += sentBytes;
    // A session that does not tell of them still says how many there were.
    totals.retries += Math.max(0, attempts - 1 - told);
    await note({ kind: "block-stored", blockId, sentBytes, attempts, ...request });
    emit({ kind: "block-stored", block: { ...block, sentBytes, attempts, ...request } });
  } finally {
    release();
    account.take(-held);
  }
}

interface Body {
  readonly chunks: readonly Uint8Array[];
  readonly contentEncoding: string | undefined;
}

async function compress(compressor: Compressor, block: ProducedBlock): Promise<Body> {
  const { chunks, contentEncoding } = block;
  if (contentEncoding !== undefined || isIdentity(compressor)) return { chunks, contentEncoding };
  return { chunks: await compressor.compress(chunks), contentEncoding: compressor.contentEncoding };
}

function heldBytes(chunks: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.byteLength;
  return bytes;
}
