/** A SQL statement as it is submitted. */
export interface SqlSubmission {
  readonly query: string;
  readonly taskName: string;
  readonly priority: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Names this submission, the same over all attempts. */
  readonly uuid: string;
}

/** Writes the body of `POST /projects/P/instances`: one job with one SQL task. */
export function writeInstanceXml({ query, taskName, priority, settings, uuid }: SqlSubmission): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n' +
    `<Instance><Job><Priority>${priority}</Priority><Tasks><SQL><Name>${escapeXml(taskName)}</Name><Config>` +
    property("type", "sql") +
    property("uuid", uuid) +
    property("settings", JSON.stringify(settings)) +
    `</Config><Query>${escapeXml(query)}</Query></SQL></Tasks>` +
    "<DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>"
  );
}

/** Makes text safe between tags. A carriage return is written as its number, or a parser would read a line feed. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>\r]/gu, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

function property(name: string, value: string): string {
  return `<Property><Name>${name}</Name><Value>${escapeXml(value)}</Value></Property>`;
}
