import type { BlockUploadSession } from "@maxcompute-tunnel/session";
import { isTunnelError, TunnelError } from "@maxcompute-tunnel/transport";
import type { PlantedDefect } from "./planted-defect.ts";

/** Defects between the writer, the session and the transport. */
export const sessionDefects: readonly PlantedDefect[] = [
  {
    name: "blind-commit",
    what: "a commit without an answer is posted again without looking",
    plant: () => ({
      transport: (inner) => (request) =>
        isCommit(request.operation)
          ? inner(request).catch((error: unknown) => {
              if (isTunnelError(error) && error.code === "aborted") {
                throw error;
              }
              return inner(request);
            })
          : inner(request),
    }),
  },
  {
    name: "lost-is-failed",
    what: "a commit without an answer is taken for refused",
    plant: () => ({
      transport: (inner) => (request) =>
        isCommit(request.operation)
          ? inner(request).catch((error: unknown) => {
              const { operation } = request;
              const isLost = isTunnelError(error) && error.code === "network";
              throw isLost
                ? new TunnelError("no", { code: "invalid-request", operation, serviceCode: "Refused" })
                : error;
            })
          : inner(request),
    }),
  },
  {
    name: "hasty-commit",
    what: "a commit without an answer is given no time to arrive before it is posted again",
    plant: () => ({
      session: (inner) =>
        changed(inner, { commit: (ids, options) => inner.commit(ids, { ...options, settleMs: 0 }) }),
    }),
  },
  {
    name: "reused-id",
    what: "a block is stored under the id of another",
    plant: () => ({
      session: (inner) =>
        changed(inner, {
          putBlock: (id, body, options) =>
            inner.putBlock(id > 0 && id % 4 === 0 ? id - 1 : id, body, options),
        }),
    }),
  },
  {
    name: "swallowed-block",
    what: "a block that could not be stored counts as stored",
    plant: () => ({
      session: (inner) =>
        changed(inner, {
          putBlock: (id, body, options) =>
            inner.putBlock(id, body, options).catch(() => ({ blockId: id, byteLength: 0, attempts: 1 })),
        }),
    }),
  },
  {
    name: "trusting-resume",
    what: "an upload that goes on takes every block that was ever sent for stored, without asking the server",
    plant() {
      const sent = new Map<string, Map<number, number | undefined>>();
      return {
        session: (inner) => {
          const blocks = sent.get(inner.id) ?? new Map<number, number | undefined>();
          sent.set(inner.id, blocks);
          return changed(inner, {
            putBlock(id, body, options) {
              const count = options?.recordCount;
              blocks.set(id, typeof count === "function" ? undefined : count);
              return inner.putBlock(id, body, options);
            },
            async refresh(options) {
              const seen = await inner.refresh(options);
              const known = new Set(seen.blocks.map(({ blockId }) => blockId));
              const made = [...blocks]
                .filter(([blockId]) => !known.has(blockId))
                .map(([blockId, recordCount]) => ({
                  blockId,
                  ...(recordCount === undefined ? {} : { recordCount }),
                }));
              return { ...seen, blocks: [...seen.blocks, ...made].sort((a, b) => a.blockId - b.blockId) };
            },
          });
        },
      };
    },
  },
];

function isCommit(operation: string): boolean {
  return operation === "commit upload session";
}

/** A session with some of its methods replaced. */
function changed(inner: BlockUploadSession, changes: Partial<BlockUploadSession>): BlockUploadSession {
  const { id, table, schema, maxFieldBytes, partition, expiresAt } = inner;
  return {
    id,
    table,
    schema,
    maxFieldBytes,
    ...(partition === undefined ? {} : { partition }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    putBlock: (...call) => inner.putBlock(...call),
    refresh: (...call) => inner.refresh(...call),
    status: (...call) => inner.status(...call),
    listBlocks: (...call) => inner.listBlocks(...call),
    commit: (...call) => inner.commit(...call),
    ...changes,
  };
}
