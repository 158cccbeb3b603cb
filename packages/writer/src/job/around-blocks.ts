import type { JobSession, UploadTarget } from "./upload-target.ts";

/** What a block passes through on its way: sends it when it may, and gives what came of it. */
export type BlockPassage = (
  send: () => ReturnType<JobSession["putBlock"]>,
  signal: AbortSignal | undefined,
) => ReturnType<JobSession["putBlock"]>;

/** Has the blocks of all sessions of a target pass through something; all else goes straight to it. */
export function aroundBlocks(target: UploadTarget, pass: BlockPassage): UploadTarget {
  const around = (session: JobSession): JobSession => ({
    id: session.id,
    schema: session.schema,
    maxFieldBytes: session.maxFieldBytes,
    ...(session.expiresAt === undefined ? {} : { expiresAt: session.expiresAt }),
    ...(session.opened === undefined ? {} : { opened: session.opened }),
    refresh: (options) => session.refresh(options),
    commit: (blockIds, options) => session.commit(blockIds, options),
    putBlock: (blockId, body, options) =>
      pass(() => session.putBlock(blockId, body, options), options?.signal),
  });
  return {
    ...target,
    create: async (options) => around(await target.create(options)),
    resume: async (id, options) => around(await target.resume(id, options)),
  };
}
