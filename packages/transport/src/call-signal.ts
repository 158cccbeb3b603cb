import { follow } from "./abort.ts";
import { TunnelError } from "./errors.ts";
import type { Timeouts, TunnelRequest } from "./request.ts";
import type { Sleep } from "./sleep.ts";

/** What can end a whole call from outside: the caller's signal and the call's time limit. */
export interface CallSignal {
  readonly signal: AbortSignal;
  /** The error for a call that was ended; `last` is the failure it was pausing after. */
  interrupted(attempts: number, last?: TunnelError): TunnelError;
  /** Ends the time limit: the call has settled. */
  settle(): void;
  /** Lets go of the caller's signal: nothing of the call is left. */
  release(): void;
}

/** Starts the time limit of a call and follows the caller's signal. */
export function startCall(
  { operation, signal: parent }: TunnelRequest,
  timeouts: Timeouts,
  sleep: Sleep,
): CallSignal {
  const own = follow(parent);
  const timer = new AbortController();
  const tooLong = new Error(`The call took longer than ${timeouts.callMs} ms`);
  if (timeouts.callMs !== Number.POSITIVE_INFINITY) {
    sleep(timeouts.callMs, timer.signal).then(
      () => {
        if (!timer.signal.aborted) own.abort(tooLong);
      },
      () => undefined,
    );
  }
  return {
    signal: own.signal,
    interrupted: (attempts, last) => {
      if (own.signal.reason !== tooLong) {
        const message = "aborted by the caller";
        const options = { code: "aborted", operation, attempts, sent: last?.sent } as const;
        return new TunnelError(message, { ...options, cause: own.signal.reason });
      }
      const after = last === undefined ? "" : `; the last attempt failed with: ${last.message}`;
      return new TunnelError(`took longer than ${timeouts.callMs} ms${after}`, {
        code: "timeout",
        operation,
        attempts,
        sent: last?.sent,
        retryable: false,
        cause: last,
      });
    },
    settle: () => timer.abort(),
    release: () => own.release(),
  };
}
