import { discoverTunnelEndpoint } from "@maxcompute-tunnel/service";
import { isTunnelError } from "@maxcompute-tunnel/transport";
import { formatTableTarget, type TableTarget, type TableTunnel, type UploadSession } from "maxcompute-tunnel";
import { describeFailure } from "../../report/failure.ts";
import { formatCounted } from "../../report/figures.ts";
import type { Settings } from "../../settings/settings.ts";
import type { CheckName, CheckResult } from "./check-result.ts";

/** Asks the service which tunnel the project uses: a small signed request that answers two questions. */
export async function checkSignatureAndRouting(
  tunnel: TableTunnel,
  { endpoint, project, quotaName, credentials }: Settings,
  signal: AbortSignal,
): Promise<readonly [signature: CheckResult, routing: CheckResult]> {
  if (endpoint === undefined) {
    return [
      skipped("signature", "the tunnel endpoint is set by hand; the permission check shows it"),
      skipped("routing", "the tunnel endpoint is set by hand"),
    ];
  }
  if (project === undefined) {
    const message = "no project is known; name one with --project or a table";
    return [skipped("signature", message), skipped("routing", message)];
  }
  try {
    const found = await discoverTunnelEndpoint(
      { transport: tunnel.connection.transport, endpoint, project },
      { signal, ...(quotaName === undefined ? {} : { quotaName }) },
    );
    return [
      ok("signature", `the service knows the key ${credentials.source}`),
      ok("routing", `the tunnel of ${project} is ${found}`),
    ];
  } catch (error) {
    signal.throwIfAborted();
    const failure = describeFailure(error);
    if (failure.kind === "credentials" && failure.code !== "permission") {
      const fix =
        failure.serviceCode === "RequestTimeTooSkewed" ? "Set this machine's clock right." : undefined;
      const known =
        fix ??
        (failure.code === "credentials" ? `Check the access key ${credentials.source}.` : failure.next);
      return [
        { name: "signature", status: "failed", message: failure.message, fix: known, kind: failure.kind },
        skipped("routing", "the key was not accepted"),
      ];
    }
    // Whatever else it said, it knew who was asking.
    const signature =
      isTunnelError(error) && error.status === undefined
        ? skipped("signature", "the service did not answer")
        : ok("signature", `the service knows the key ${credentials.source}`);
    return [signature, failed("routing", error)];
  }
}

/** Opens an upload session: that is what permission to load means. */
export async function checkPermission(
  tunnel: TableTunnel,
  target: TableTarget,
  signal: AbortSignal,
): Promise<{ readonly result: CheckResult; readonly session: UploadSession | undefined }> {
  const name = formatTableTarget(target);
  try {
    const session = await tunnel.createUploadSession(target, { signal });
    const columns = formatCounted(session.getSchema().columns.length, "column");
    return { result: ok("permission", `an upload into ${name} can be opened (${columns})`), session };
  } catch (error) {
    signal.throwIfAborted();
    return { result: failed("permission", error), session: undefined };
  }
}

/** Sends one block without rows and looks whether it has arrived. It is never committed. */
export async function checkWrite(session: UploadSession, signal: AbortSignal): Promise<CheckResult> {
  try {
    const writer = await session.openRecordWriter(0, { signal });
    await writer.close();
    const held = await session.blocks.listBlocks({ signal });
    if (held.some(({ blockId }) => blockId === 0)) {
      return ok(
        "write",
        `an empty block has arrived; session ${session.getId()} is not committed and expires by itself`,
      );
    }
    const message = "a block was accepted, but the session does not list it";
    return {
      name: "write",
      status: "failed",
      message,
      fix: "Try again, and tell support the session.",
      kind: "service",
    };
  } catch (error) {
    signal.throwIfAborted();
    return failed("write", error);
  }
}

export function skipped(name: CheckName, message: string): CheckResult {
  return { name, status: "skipped", message };
}

function ok(name: CheckName, message: string): CheckResult {
  return { name, status: "ok", message };
}

/** A check that an error ended. */
export function failed(name: CheckName, error: unknown): CheckResult {
  const { message, next, kind } = describeFailure(error);
  return { name, status: "failed", message, fix: next, kind };
}
