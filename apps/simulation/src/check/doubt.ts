import type { Exchange } from "../world/exchange.ts";

/**
 * Whether a client that says "unknown" could have known better: some commit got no whole answer of the server's own, and
 * no look after it showed the session closed.
 *
 * What a client was told in the life that its caller aborted does not count: it was not given the time to go on from there.
 */
export function someDoubtIsReal(exchanges: readonly Exchange[], abortedLife: number | undefined): boolean {
  const open = exchanges.filter(
    ({ operation, told }) =>
      operation === "commit" && !(told?.kind === "answer" && told.own && told.whole && told.status < 500),
  );
  return open.some((commit) =>
    exchanges.every(
      (look) =>
        look.operation !== "look" ||
        look.clientLife === abortedLife ||
        look.sessionId !== commit.sessionId ||
        look.sentAt < commit.sentAt ||
        !showsClosed(look),
    ),
  );
}

function showsClosed({ told }: Exchange): boolean {
  return told?.kind === "answer" && told.own && told.whole && /"Status":"closed"/i.test(told.text);
}
