import type { Token } from "../token.ts";

/** Words that are never a name in a query unless back-quoted: they end what comes before them. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    "ALL AND ANTI AS BETWEEN BY CASE CAST CLUSTER CROSS DISTINCT DISTRIBUTE DIV ELSE END EXCEPT EXISTS FALSE FROM " +
    "FULL GROUP HAVING IN INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT MINUS NATURAL NOT NULL " +
    "OFFSET ON OR ORDER OUTER OVER PARTITION QUALIFY REGEXP RIGHT RLIKE SELECT SEMI SORT TABLESAMPLE THEN TRUE " +
    "UNION USING VALUES WHEN WHERE WINDOW WITH"
  ).split(" "),
);

/** True for a word without quotes that cannot be a name. */
export function isReserved(token: Token): boolean {
  return token.kind === "word" && reservedWords.has(token.text.toUpperCase());
}

/** True for a token that can be a name in a query. */
export function isFreeName(token: Token): boolean {
  return (token.kind === "word" || token.kind === "quoted-word") && token.text !== "" && !isReserved(token);
}
