import type { Exchange } from "../world/exchange.ts";

/**
 * Whether a client that says "unknown" could have known better: some commit got no whole answer of the server's own, and
 * no look after it showed the session closed.
 *
 * What was told to a life that died before it could write it down is not known, nor what was told to one that its caller
 * aborted: it was not given the time to go on from there.
 */
export function someDoubtIsReal(
  exchanges: readonly Exchange[],
  lastLife: { readonly number: number; readonly isAborted: boolean },
): boolean {
  const isKnown = (exchange: Exchange): boolean => exchange.clientLife === lastLife.number;
  const open = exchanges.filter(
    (exchange) => exchange.operation === "commit" && !(isKnown(exchange) && isAnswered(exchange)),
  );
  return open.some((commit) =>
    exchanges.every(
      (look) =>
        look.operation !== "look" ||
        lastLife.isAborted ||
        !isKnown(look) ||
        look.sessionId !== commit.sessionId ||
        look.sentAt < commit.sentAt ||
        !showsClosed(look),
    ),
  );
}

function isAnswered({ told }: Exchange): boolean {
  return told?.kind === "answer" && told.own && told.whole && told.status < 500;
}

function showsClosed({ told }: Exchange): boolean {
  return told?.kind === "answer" && told.own && told.whole && /"Status":"closed"/i.test(told.text);
}
