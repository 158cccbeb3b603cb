/** What can be done to a request on its way. */
export interface Faults {
  /** An answer or an error instead of sending it; nothing to send it. */
  readonly before?: (request: Request) => Response | Error | undefined;
  /** Another answer than the one that came. */
  readonly after?: (request: Request, response: Response) => Response | Error | Promise<Response | Error>;
}

/** The platform's `fetch` with faults scripted in between: everything not scripted goes to the real server. */
export function faultFetch({ before, after }: Faults): typeof fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const planned = before?.(request);
    if (planned !== undefined) {
      await request.body?.cancel();
      if (planned instanceof Error) throw planned;
      return planned;
    }
    const response = await fetch(input, init);
    const changed = (await after?.(request, response)) ?? response;
    if (changed instanceof Error) throw changed;
    return changed;
  };
}

/** An answer as the Tunnel service gives when something is wrong. */
export function serviceError(status: number, code: string, message: string): Response {
  return new Response(JSON.stringify({ Code: code, Message: message }), {
    status,
    headers: { "content-type": "application/json", "x-odps-request-id": "20261122000000000000000000000000" },
  });
}
