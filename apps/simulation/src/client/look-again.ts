import { type CommitReceipt, resumeUploadSession } from "@maxcompute-tunnel/session";
import { project, table } from "../world/server.ts";
import { type ClientParts, connect } from "./connect.ts";
import type { Watcher } from "./watcher.ts";

/** Settles a commit whose outcome was called unknown, as a program would that knows the session and its blocks. */
export async function lookAgain(
  parts: ClientParts,
  { sessionIds, committedIds }: Watcher,
): Promise<CommitReceipt> {
  const id = [...sessionIds].at(-1);
  if (id === undefined) {
    throw new TypeError("Expected a session whose commit was posted");
  }
  const session = await resumeUploadSession(connect(parts), { project, table }, id);
  return session.commit(committedIds, { postsInDoubt: 1 });
}
